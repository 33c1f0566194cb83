/** Paths as the model reads them: by patterns, where the server works through characters. */

/** Nodes that nobody may delete (DataTree.isSpecialPath). */
export const SPECIAL: readonly string[] = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'];

/** PathUtils.validatePath. */
export function isValidPath(path: string): boolean {
  if (path === '/') return true;
  if (!path.startsWith('/')) return false;
  for (let i = 0; i < path.length; i++) if (isForbidden(path.charCodeAt(i))) return false;
  return COMPONENTS.test(path);
}

/** None is empty, `.` or `..`. */
const COMPONENTS = /^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/;

/** Control characters; surrogates and the private use area; the end of the basic plane. */
function isForbidden(unit: number): boolean {
  if (unit < 0x20 || unit >= 0xfff0) return true;
  return (unit >= 0x7f && unit < 0xa0) || (unit >= 0xd800 && unit < 0xf900);
}

/** PrepRequestProcessor.validatePathForCreate: what is asked of a path before its parent is looked up. */
export function hasParentPath(path: string): boolean {
  return path.indexOf('/') >= 0 && path.indexOf('\u0000') < 0;
}

/** Of `/a` the root, of `/a/b` `/a`; of a path that is not valid, what stands before its last slash. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/';
}

/** The last component. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function below(parent: string, name: string): string {
  return parent.endsWith('/') ? parent + name : `${parent}/${name}`;
}

/** By UTF-16 unit: the order fixed for every set that Apache leaves unordered. */
export function byUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
