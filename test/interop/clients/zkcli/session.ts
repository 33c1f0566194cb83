// What is typed into zkCli.sh: every command of its help that asks a server, with its options, and the mistakes of users.

/**
 * `@1`, `@2`: the session that types the line. Events are compared where a session ends, in the order in which they came.
 * Missing is a `deleteall` that cannot delete all, as that of `/`: whether the client says so is a race inside it
 * (ZKUtil.deleteInBatch lets the caller go before it notes the failure).
 */
export const SESSION: readonly string[] = `
  ls /
  ls -R /
  ls -s /zookeeper
  get /zookeeper
  get -s /zookeeper
  create /a first
  create /a again
  create /a/b/c d
  create /empty
  create -s /a/seq- 1
  create -s /a/seq- 2
  create -e /a/eph mine
  create -e /a/eph/child no
  create -s -e /a/eph- x
  create -c /box in
  create -c /box/item in
  create -t 1000000 /ttl data
  create -e -c /both data
  create relative data
  create /a/../b data
  create / data
  create /a/quoted 'two words'
  create /a/ümläut grüße
  get /a/ümläut
  get /a
  get -s /a
  get -w /a
  get /nope
  get -s /nope
  stat /a
  stat -w /a
  stat /nope
  set /a second
  set -s /a third
  set -v 0 /a stale
  set -v 2 /a fourth
  set /nope data
  ls /a
  ls -s /a
  ls -w /a
  create /a/new n
  ls -R /a
  ls /nope
  delete /a/new
  delete -v 7 /a/seq-0000000000
  delete -v 0 /a/seq-0000000000
  delete /a
  delete /nope
  delete /
  create -s /a/seq- 3
  getAllChildrenNumber /a
  getAllChildrenNumber /
  getAllChildrenNumber /nope
  getEphemerals
  getEphemerals /a/eph-
  getEphemerals relative
  getAcl /a
  getAcl -s /a
  getAcl /nope
  setAcl /a world:anyone:cdrw
  getAcl -s /a
  setAcl -v 5 /a world:anyone:cdrwa
  setAcl /a nonsense
  setAcl /a unknown:who:r
  whoami
  addauth digest ann:secret
  whoami
  create /private p auth::cdrwa
  getAcl /private
  get /private
  @2 get /private
  @2 ls /private
  @2 set /private mine
  @2 getAcl /private
  @2 addauth digest ann:wrong
  @2 get /private
  @2 addauth digest ann:secret
  @2 get /private
  @2 setAcl -R /private world:anyone:cdrwa
  @2 getAcl /private
  addauth ip 1.2.3.4
  create /ip p ip:127.0.0.1:r
  get /ip
  set /ip w
  setquota -n 3 /a
  setquota -b 100 /box
  setquota -N 2 /box
  setquota -n 3 /nope
  listquota /a
  listquota /box
  listquota /ttl
  ls -R /zookeeper/quota
  get /zookeeper/quota/box/zookeeper_limits
  get /zookeeper/quota/box/zookeeper_stats
  create /box/one 1
  create /box/two 2
  delquota -n /a
  delquota /box
  delquota /box
  listquota /box
  addWatch /watched
  @2 create /watched 1
  @2 create /watched/child 1
  @2 set /watched/child 2
  @2 delete /watched/child
  addWatch -m PERSISTENT /a
  addWatch -m NONSENSE /a
  @2 set /a fifth
  @2 create /a/another x
  removewatches /a
  removewatches /a
  removewatches /nope
  removewatches /watched -a
  @2 set /watched 2
  sync /a
  sync /nope
  reconfig -remove 3
  version
  bogus /a
  create
  get
  ls
  set /a
  deleteall /a -b 3
  ls /a
  deleteall /nope
  delete /ttl
  delete /empty
  delete /watched
  delete /private
  ls /
  @2 addauth nonsense ann:secret
`
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '');

/** What is answered otherwise by ours, with the reason. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  config:
    'The members of a simulated ensemble have no addresses of their own, so /zookeeper/config is empty.',
  'config -s': 'See config.',
};
