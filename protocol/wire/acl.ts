import type { Acl, Id } from '../tree/acl.ts';
import { type JuteReader, type JuteWriter, stringSize } from './jute.ts';

/** Bytes of {@link writeAcls}. */
export function aclsSize(acls: readonly Acl[]): number {
  let size = 4;
  for (const acl of acls) size += 4 + stringSize(acl.scheme) + stringSize(acl.id);
  return size;
}

/** Bytes of {@link writeIds}. */
export function idsSize(ids: readonly Id[]): number {
  let size = 4;
  for (const id of ids) size += stringSize(id.scheme) + stringSize(id.id);
  return size;
}

/** `vector<ACL{int perms, Id{ustring scheme, ustring id}}>`. */
export function writeAcls(writer: JuteWriter, acls: readonly Acl[]): void {
  writer.vector(acls, (w, acl) => w.int(acl.perms).string(acl.scheme).string(acl.id));
}

/** @throws JuteError. A null vector is read as an empty one. */
export function readAcls(reader: JuteReader): Acl[] {
  return reader.vector((r) => ({ perms: r.int(), scheme: r.text(), id: r.text() })) ?? [];
}

/** `vector<Id>`; of whoAmI's answer `vector<ClientInfo>`, which looks alike. */
export function writeIds(writer: JuteWriter, ids: readonly Id[]): void {
  writer.vector(ids, (w, id) => w.string(id.scheme).string(id.id));
}

/** @throws JuteError. A null vector is read as an empty one. */
export function readIds(reader: JuteReader): Id[] {
  return reader.vector((r) => ({ scheme: r.text(), id: r.text() })) ?? [];
}
