/** A fingerprint that breaks between its pairs only, so that lines can be compared. */
export function Fingerprint({ text }: { text: string }) {
  const pairs = text.split(':');
  return pairs.map((pair, index) => (
    <span key={`${index} ${pair}`}>
      {pair}
      {index < pairs.length - 1 && ':'}
      <wbr />
    </span>
  ));
}
