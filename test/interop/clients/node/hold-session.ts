// node … hold-session.ts <library> <addresses> <path> <timeout>: see held-session.ts.
import { EPHEMERAL } from './client.ts';
import { library } from './native.ts';
import { pure } from './pure.ts';

const [name, addresses = '', path = '', timeout] = process.argv.slice(2);
const from = name === 'pure' ? pure : library();
const client = await from.connect(addresses, Number(timeout), () => console.log('expired'));
await client.create(path, '', EPHEMERAL);
console.log('held');
setInterval(() => {}, 1000);
