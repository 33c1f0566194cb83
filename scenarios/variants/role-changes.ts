/** Historical bugs in what a server carries from one role, or one process, to the next. */
import { changed, type Variant } from './variant.ts';

const zk2845: Variant = {
  id: 'ZK-2845',
  title: 'A server keeps its tree across a role change without replaying its log',
  source: 'ZOOKEEPER-2845, fixed in 3.4.12, 3.5.4 and 3.6.0',
  expects: 'ZAB-PREFIX',
  rules: changed({ server: { replaysOnRoleChange: false } }),
};

const zk3642: Variant = {
  id: 'ZK-3642',
  title: 'A snapshot whose synchronization broke off stays in memory, and what follows is built on it',
  source: 'ZOOKEEPER-3642, fixed in 3.5.10 and 3.7.0',
  expects: 'LOG-DURABILITY',
  rules: changed({ server: { reloadsAfterBroken: [] } }),
};

const zk5094: Variant = {
  id: 'ZK-5094',
  title: 'What was applied behind a TRUNC that broke off stays in memory only',
  source: 'ZOOKEEPER-5094, open',
  // What it claims to have at the next NEWLEADER; a restart then loses it.
  expects: 'ZAB-SYNC',
  rules: changed({ server: { reloadsAfterBroken: ['SNAP'] } }),
};

const zk4712: Variant = {
  id: 'ZK-4712',
  title: 'The log writer of an ended role goes on while its log is replayed',
  source: 'ZOOKEEPER-4712, fixed in 3.9.3',
  expects: 'ZAB-PREFIX',
  rules: changed({ server: { drainsLog: false } }),
};

const zk4882: Variant = {
  id: 'ZK-4882',
  title: 'A disk error ends the role, not the process, and memory stays ahead of the disk',
  source: 'ZOOKEEPER-4882, open',
  expects: 'LOG-DURABILITY',
  rules: changed({ server: { exitsOnDiskError: false } }),
};

/** LOG-2: the check of Apache's newest release, which this project does not follow. */
const refusesAdoptableEpoch: Variant = {
  id: 'refuses-adoptable-epoch',
  title: 'A server whose last zxid is of an epoch above currentEpoch refuses to start',
  source: 'Apache ZooKeeper 3.9.4 (QuorumPeer.loadDataBase)',
  expects: 'LIVE-CONVERGES',
  rules: changed({
    server: {
      bootEpoch: (lastZxidEpoch, currentEpoch, acceptedEpoch) =>
        acceptedEpoch < currentEpoch || lastZxidEpoch > currentEpoch ? null : currentEpoch,
    },
  }),
};

export const roleChanges: readonly Variant[] = [
  zk2845,
  zk3642,
  zk4882,
  zk5094,
  zk4712,
  refusesAdoptableEpoch,
];
