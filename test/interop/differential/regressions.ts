// What once differed, in the order in which it was found.
import type { AclEntry } from './request.ts';
import type { Sequence } from './step.ts';
import { TIMEOUT } from './target.ts';

const OPEN: readonly AclEntry[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

export const REGRESSIONS: Readonly<Record<string, Sequence>> = {
  'an unknown type is answered without a zxid': [
    { do: 'send', session: 0, requests: [{ op: 'raw', type: 24, body: '' }] },
  ],
  'sasl without a mechanism is no error': [
    { do: 'send', session: 0, requests: [{ op: 'sasl', token: 'x' }] },
    { do: 'send', session: 0, requests: [{ op: 'whoAmI' }] },
  ],
  'sasl with a null token ends the connection': [
    { do: 'send', session: 0, requests: [{ op: 'sasl', token: null }] },
  ],
  'auth of an address asks for nothing, that of a digest for something': [
    { do: 'send', session: 0, requests: [{ op: 'auth', scheme: 'ip', auth: null, xid: -4 }] },
    { do: 'send', session: 0, requests: [{ op: 'whoAmI' }] },
    { do: 'send', session: 0, requests: [{ op: 'auth', scheme: 'digest', auth: null, xid: -4 }] },
  ],
  'a session is opened anew by its own client': [
    { do: 'send', session: 0, requests: [{ op: 'createSession', timeout: TIMEOUT }] },
    { do: 'send', session: 0, requests: [{ op: 'exists', path: '~', watch: false }] },
  ],
  'a session of an old client is opened anew without the last byte too': [
    { do: 'open', session: 0, old: true },
    { do: 'send', session: 0, requests: [{ op: 'createSession', timeout: TIMEOUT }] },
    { do: 'send', session: 0, requests: [{ op: 'exists', path: '~', watch: false }] },
  ],
  'a null path is watched, and handed back by sync': [
    {
      do: 'send',
      session: 0,
      requests: [
        { op: 'addWatch', path: null, mode: 0 },
        { op: 'sync', path: null },
      ],
    },
  ],
  'a null path of setACL is no path': [
    { do: 'send', session: 0, requests: [{ op: 'setACL', path: null, acl: OPEN, version: -1 }] },
  ],
  'an unknown mode or type of a watch is malformed': [
    {
      do: 'send',
      session: 0,
      requests: [
        { op: 'addWatch', path: '~', mode: 2 },
        { op: 'checkWatches', path: '~', kind: 6 },
        { op: 'removeWatches', path: '~', kind: 0 },
      ],
    },
  ],
  'a multiRead arms no watch': [
    {
      do: 'send',
      session: 0,
      requests: [
        {
          op: 'multiRead',
          parts: [
            { op: 'getData', path: '~', watch: true },
            { op: 'getChildren', path: '~', watch: true },
          ],
        },
        { op: 'setData', path: '~', data: 'x', version: -1 },
        { op: 'create', path: '~/a', data: '', acl: OPEN, flags: 0 },
      ],
    },
  ],
  'in a multi the flag decides what is made, and create2 is create': [
    {
      do: 'send',
      session: 0,
      requests: [
        {
          op: 'multi',
          parts: [
            { op: 'create', path: '~/a', data: '', acl: OPEN, flags: 4 },
            { op: 'createContainer', path: '~/b', data: '', acl: OPEN, flags: 0 },
            { op: 'create2', path: '~/c', data: '', acl: OPEN, flags: 3 },
            { op: 'createTTL', path: '~/d', data: '', acl: OPEN, flags: 0, ttl: '5' },
          ],
        },
        { op: 'multi', parts: [{ op: 'create', path: '~/e', data: '', acl: OPEN, flags: 5 }] },
      ],
    },
  ],
  'in a multi a flag for a time to live without one counts only where nothing before it has failed': [
    {
      do: 'send',
      session: 0,
      requests: [
        {
          op: 'multi',
          parts: [
            { op: 'createContainer', path: '~/a/b', data: '', acl: OPEN, flags: 0 },
            { op: 'create', path: '~/a', data: '', acl: OPEN, flags: 5 },
          ],
        },
        {
          op: 'multi',
          parts: [
            { op: 'create', path: '~/a', data: '', acl: OPEN, flags: 5 },
            { op: 'createContainer', path: '~/a/b', data: '', acl: OPEN, flags: 0 },
          ],
        },
      ],
    },
  ],
};
