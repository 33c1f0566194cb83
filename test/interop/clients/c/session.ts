// What is typed into cli_mt: every command of its help that asks a server.

export const SESSION: readonly string[] = `
  create /a
  create /a
  create /nope/b
  create +e /e
  create +s /s
  create +es /es
  create +c /c
  create +t=1000 /t
  create2 /z
  create2 +e /z
  create2 +s /z
  create relative
  create /e/child
  get /a
  set /a xx
  get /a
  set /nope xx
  set /a
  get /nope
  ls /
  ls2 /
  ls2 /nope
  exists /a
  exists /nope
  wexists /later
  create /later
  sync /a
  sync /nope
  set /later x
  delete /a
  delete /nope
  delete /
  delete /zookeeper
  aget /later
  als /
  aset /later y
  adelete /later
  acreate /again
  reconfig -remove 3
  addauth digest ann:secret
  create /private
  get /private
  bogus
  ls /
`
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '');
