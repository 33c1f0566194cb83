import { existsSync } from 'node:fs';

/** Why tests that run this program are skipped; null: it is there. @throws where ZAB_LAB_INTEROP=required and it is not */
export function missingProgram(path: string, debianPackage: string): string | null {
  return existsSync(path)
    ? null
    : refused(`${path} is not installed here (Debian's package ${debianPackage}).`);
}

/** The reason, but with ZAB_LAB_INTEROP=required nothing may be skipped. @throws then */
export function refused(reason: string): string {
  if (process.env.ZAB_LAB_INTEROP === 'required') throw new Error(reason);
  return reason;
}
