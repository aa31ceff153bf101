/** A kind of object: gitglossary(7), "object type". */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  type: ObjectType;
  data: Buffer;
}

/** An object id, as 40 hexadecimal digits or as its 20 bytes. */
export type Oid = string | Uint8Array;

/**
 * The objects of one repository: loose ones, every pack, and what alternates
 * lead to. For use in a worker: reading blocks the thread. Packs are read in
 * windows; what is kept of them and of inflated objects is bounded. An object
 * that is not what its name says, a chain without end or a size beyond the
 * limits rejects `repository-damaged`.
 */
export interface ObjectStore {
  /** `repository-damaged` where it is missing. */
  read(oid: Oid): GitObject;
  /** Null: it is not here. */
  find(oid: Oid): GitObject | null;
  /** Type and size without unpacking more than is needed. Null: it is not here. */
  header(oid: Oid): { type: ObjectType; size: number } | null;
  has(oid: Oid): boolean;
  /** Ids that begin with at least four hexadecimal digits; at most `limit`. */
  abbreviated(prefix: string, limit: number): string[];
  /** Writes a loose object, old-or-new; nothing where it is here already. */
  write(type: ObjectType, data: Uint8Array): string;
  /** Looks again for packs written since it was opened. */
  refresh(): void;
  close(): void;
}
