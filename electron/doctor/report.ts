import type { Diagnosis, Finding, StepReport } from '../../shared/contract/doctor';
import type { Examination } from './examination';
import type { Subject } from './subject';

function factsOf({ facts }: Finding): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ');
}

function findingLine(label: string, finding: Finding): string[] {
  const { remedy } = finding;
  const page = remedy.kind === 'open-page' ? ` (${remedy.url})` : '';
  return [`${label}: ${finding.cause} [${factsOf(finding)}]`, `  Remedy: ${remedy.kind}${page}`];
}

function stepLines(report: StepReport): string[] {
  return [
    `${report.step}: ${report.state}${report.state === 'skipped' ? '' : ` (${Math.round(report.took)} ms)`}`,
    ...report.notes.map((note) => `  ${note}`),
    ...report.certificates.map(
      (one) =>
        `  certificate ${one.subject}, issued by ${one.issuer}, valid ${one.validFrom} to ${one.validTo}, SHA-256 ${one.fingerprint}`,
    ),
  ];
}

/** The run as plain text for an administrator. Its parts are masked already. */
export function reportOf(
  { subject, finding, warnings, steps }: Omit<Diagnosis, 'report'>,
  { patient }: Examination,
  { error }: Subject,
  engine: string,
  now: Date,
): string {
  const account = patient?.account;
  return [
    'Polyforge connection report',
    `Time: ${now.toISOString()}`,
    `Looked at: ${subject}`,
    ...(account && patient
      ? [
          `Account: ${patient.kind.label}, ${account.authenticationType}${account.user ? `, signed in as ${account.user.login || account.user.name}` : ''}`,
          `Git signs in by: ${account.headerAuthentication === 'off' ? 'user name and password' : `${account.headerAuthentication} header`}`,
        ]
      : ['Account: none']),
    `Git: ${engine}`,
    ...(error ? [`Shown before: ${JSON.stringify(error)}`] : []),
    '',
    ...(finding ? findingLine('Cause', finding) : ['Everything works.']),
    ...warnings.flatMap((warning) => findingLine('Warning', warning)),
    '',
    ...steps.flatMap(stepLines),
    '',
  ].join('\n');
}
