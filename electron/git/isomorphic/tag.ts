import { fail } from '../../../shared/errors';
import type { Tag } from '../operations/refs';
import { tagRef } from '../ref-name';
import { cleanMessage, decoded } from './commit-object';
import { committerOf, personLine } from './repository-config';
import type { ObjectStore } from './objects/store';
import { changeRefs } from './refs-transaction';
import { objectNamed, peeled } from './revision';
import type { WorkJobs } from './work-messages';
import { inRepository } from './workplace';

type Input<Name extends keyof WorkJobs> = WorkJobs[Name]['in'];

const prefix = 'refs/tags/';

/** Every tag, by name. */
export function tags({ directory }: Input<'tags'>): Promise<Tag[]> {
  return inRepository(directory, ({ refs, store }) =>
    refs.list(prefix).map(({ name, oid }) => ({
      name: name.slice(prefix.length),
      oid,
      target: peeled(store, oid).oid,
      message: messageOf(store, oid),
    })),
  );
}

/** Null: it is no annotated tag. */
function messageOf(store: ObjectStore, oid: string): string | null {
  if (store.header(oid)?.type !== 'tag') return null;
  const text = store.read(oid).data.toString('latin1');
  const start = text.indexOf('\n\n');
  const body = start < 0 ? '' : text.slice(start + 2);
  const signature = /^-----BEGIN (?:PGP|SSH) (?:SIGNATURE|MESSAGE)-----$/m.exec(body);
  return decoded(signature ? body.slice(0, signature.index) : body, null).trimEnd();
}

export function createTag({ directory, name, target, message }: Input<'createTag'>): Promise<void> {
  return inRepository(directory, (place) => {
    const { refs, store } = place;
    const ref = tagRef(name);
    const text = message === null ? null : cleanMessage(message);
    if (text === '') fail({ kind: 'invalid-input', field: 'message', reason: 'The message is empty.' });
    if (refs.read(ref) !== null) fail({ kind: 'already-exists', name });
    const oid = target.startsWith('-') || target === '' ? null : objectNamed(place, target);
    const type = oid === null ? undefined : store.header(oid)?.type;
    if (oid === null || type === undefined) fail({ kind: 'revision-not-found', name: target });
    const to =
      text === null
        ? oid
        : store.write(
            'tag',
            Buffer.from(
              `object ${oid}\ntype ${type}\ntag ${name}\ntagger ${personLine(committerOf(place.config))}\n\n${text}`,
            ),
          );
    changeRefs(refs, [{ name: ref, to, from: null }], place.logging(`tag: tagging ${oid}`));
  });
}

export function deleteTag({ directory, name }: Input<'deleteTag'>): Promise<void> {
  return inRepository(directory, (place) => {
    const oid = name.startsWith('-') ? null : place.refs.resolve(prefix + name).oid;
    if (oid === null) fail({ kind: 'revision-not-found', name });
    changeRefs(place.refs, [{ name: prefix + name, to: null, from: oid, itself: true }], place.logging(''));
  });
}
