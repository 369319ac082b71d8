/**
 * The runtime without root: started as root and become a user, and under systemd, where its process never is root. What
 * it may is read from the guest's /proc, thread by thread.
 */
import { strict as assert } from 'node:assert'
import { sercos3Plan } from '../card-plans.ts'
import type { Guest } from '../boot-guest.ts'
import type { World } from '../start-world.ts'
import { isSilent } from './dying.ts'
import type { Group } from './scenario.ts'

/** The ring of guest/small-machine.json. */
const small = sercos3Plan({ id: 'card', slot: 4, devices: ['io:1:io'] })
const machine = 'test/kernel/guest/small-machine.json'

const uid = 999
const runUpLimitMs = 90_000

/** CAP_IPC_LOCK and CAP_SYS_NICE; linux/capability.h. */
const twoCapabilities = (1n << 14n) | (1n << 23n)
const schedFifo = 1

async function loadStub({ guest }: World): Promise<void> {
  await guest.run('insmod', '/modules/uio.ko')
  await guest.run('insmod', '/modules/dualport_uio.ko')
}

async function shell(guest: Guest, script: string): Promise<string> {
  return guest.run('sh', '-c', script)
}

async function inCp4(world: World): Promise<string> {
  const what = 'every device in CP4'
  await world
    .sercos3()
    .waitFor(what, runUpLimitMs, ({ devices }) => devices.every(({ phase }) => phase === 4))
  return what
}

type Thread = ReadonlyMap<string, string>

/** /proc/PID/task/TID/status of every thread, with its scheduling policy from `stat` as `Policy`. */
async function threadsOf(guest: Guest, pid: string): Promise<readonly Thread[]> {
  // the 41st field is the policy; the second, a name, may hold spaces
  const text = await shell(
    guest,
    `for t in /proc/${pid}/task/*; do cat $t/status; sed 's/.*) //' $t/stat | awk '{print "Policy:", $39}'; done`,
  )
  const threads = text.split(/^(?=Name:)/m).map(
    (one) =>
      new Map(
        one.split('\n').map((line): [string, string] => {
          const [, name = '', value = ''] = /^(\w+):\s*(.*)$/.exec(line) ?? []
          return [name, value.trim()]
        }),
      ),
  )
  // the pools of libuv and V8 are there beside the threads of ours
  assert.ok(threads.length > 8, `${threads.length} threads`)
  return threads
}

function capabilitiesOf(thread: Thread, set: string): bigint {
  return BigInt(`0x${thread.get(set)}`)
}

/** No thread is root or could be again, and the cyclic one runs as real time although nobody is. */
async function assertUnprivileged(guest: Guest, pid: string): Promise<readonly Thread[]> {
  const threads = await threadsOf(guest, pid)
  for (const thread of threads) {
    const name = thread.get('Name') ?? ''
    assert.match(thread.get('Uid') ?? '', /^999\s999\s999\s999$/, name)
    assert.match(thread.get('Gid') ?? '', /^999\s999\s999\s999$/, name)
    assert.match(thread.get('Groups') ?? '', /^(999)?$/, name)
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      assert.equal(capabilitiesOf(thread, set) & ~twoCapabilities, 0n, `${set} of ${name}`)
  }
  const cyclic = threads.filter((thread) => Number(thread.get('Policy')) === schedFifo)
  assert.equal(cyclic.length, 1)
  for (const thread of [...cyclic, ...threads.slice(0, 1)]) {
    assert.equal(capabilitiesOf(thread, 'CapEff'), twoCapabilities)
    assert.equal(thread.get('NoNewPrivs'), '1')
    assert.ok(Number.parseInt(thread.get('VmLck') ?? '', 10) > 10_000, 'memory is locked')
  }
  return threads
}

/** Started as root. */
const dropping: Group = {
  name: 'rights',
  kernel: 'stock',
  cards: [small],
  scenarios: [
    {
      name: 'without the udev rule a user may not open the card, and is told which rule is missing',
      limitMs: 60_000,
      needed: true,
      async run(world) {
        const { guest } = world
        await loadStub(world)
        await shell(
          guest,
          `mkdir -p /etc
          printf 'root:x:0:0::/:/bin/sh\\ndualport:x:${uid}:${uid}::/:/bin/sh\\n' > /etc/passwd
          printf 'root:x:0:\\ndualport:x:${uid}:\\n' > /etc/group`,
        )
        const script = 'exec node test/kernel/guest/hold-card.ts /dev/uio0'
        const program = guest.start('su', '-s', '/bin/sh', 'dualport', '-c', script)
        assert.notEqual(await program.ended, '0')
        assert.match(
          program.output,
          /DP_UIO_ACCESS: open\(\/dev\/uio0\): .*udev rule kmod\/60-dualport\.rules/,
        )
      },
    },
    {
      name: 'a program that opened the card as root and became a user has interrupts and real time, and no way back',
      limitMs: 60_000,
      async run({ guest }) {
        assert.equal(
          await guest.runScript('after-dropping', '/dev/uio0', 'dualport'),
          [
            'interrupt: yes',
            'SCHED_FIFO: yes',
            'user 0 again: EPERM',
            'group 0 again: EPERM',
            'another group: EPERM',
            'the card again: DP_UIO_ACCESS',
          ].join('\n'),
        )
      },
    },
    {
      name: 'dualport run --user reaches CP4 without root in any of its threads, and SIGTERM leaves the card silent',
      limitMs: 150_000,
      async run(world) {
        const { guest } = world
        const runtime = guest.start(
          'sh',
          '-c',
          `echo pid $$; exec node runtime/cli/main.ts run ${machine} --user dualport`,
        )
        const pid = await runtime.line('pid ', 10_000)
        const early = runtime.ended.then((status) => `ended with ${status}: ${runtime.output}`)
        assert.equal(await Promise.race([inCp4(world), early]), 'every device in CP4')
        const threads = await assertUnprivileged(guest, pid)
        for (const thread of threads.filter((one) => one.get('NoNewPrivs') === '1'))
          assert.equal(capabilitiesOf(thread, 'CapBnd'), 0n)
        assert.match(
          runtime.output,
          /rights +goes on as dualport \(user 999\) with CAP_IPC_LOCK and CAP_SYS_NICE/,
        )
        runtime.signal('SIGTERM')
        assert.equal(await runtime.ended, '0', runtime.output)
        await world.sercos3().waitFor('silence', 2000, isSilent)
      },
    },
    {
      name: 'a kernel that is locked down refuses the unsigned stub, resource files and configuration, but not UIO',
      limitMs: 60_000,
      async run({ guest }) {
        await guest.run('rmmod', 'dualport_uio')
        await guest.run('mount', '-t', 'securityfs', 'none', '/sys/kernel/security')
        await shell(guest, 'echo integrity > /sys/kernel/security/lockdown')
        assert.match(
          await guest.refused('insmod', '/modules/dualport_uio.ko'),
          /Operation not permitted/,
        )
        await guest.run('insmod', '/modules/uio_sercos3.ko')
        assert.equal(
          await guest.runScript('locked-down', '/dev/uio0'),
          [
            'maps: 5 seen, 0 refused',
            'irqcontrol: written',
            'resource file: EPERM',
            'configuration: EPERM',
          ].join('\n'),
        )
      },
    },
  ],
}

async function journal(guest: Guest): Promise<string> {
  return guest.run('journalctl', '--no-pager', '-u', 'dualport@small')
}

/** Process 1 of this guest is systemd. */
const service: Group = {
  name: 'service',
  kernel: 'stock',
  root: 'systemd',
  cards: [small],
  scenarios: [
    {
      name: 'the udev rule gives the card to the group, under a name of its own',
      limitMs: 30_000,
      needed: true,
      async run(world) {
        const { guest } = world
        await loadStub(world)
        await guest.run('udevadm', 'settle')
        assert.match(await guest.run('ls', '-l', '/dev/uio0'), /^crw-rw---- .* root +dualport /)
        assert.match(await guest.run('ls', '-l', '/dev/dualport/uio0'), /-> \.\.\/uio0$/)
      },
    },
    {
      name: 'systemctl start dualport@small returns in CP4, and none of its threads was or can be root',
      limitMs: 150_000,
      async run(world) {
        const { guest } = world
        const start = guest.start('systemctl', 'start', 'dualport@small')
        // it waits for READY=1
        if ((await start.ended) !== '0') throw new Error(`${start.output}\n${await journal(guest)}`)
        const { devices } = await world.sercos3().observe()
        assert.deepEqual(
          devices.map(({ phase }) => phase),
          [4],
        )
        const pid = (await guest.run('systemctl', 'show', '-P', 'MainPID', 'dualport@small')).trim()
        for (const thread of await assertUnprivileged(guest, pid)) {
          assert.equal(capabilitiesOf(thread, 'CapBnd'), twoCapabilities)
          assert.deepEqual([thread.get('NoNewPrivs'), thread.get('Seccomp')], ['1', '2'])
        }
      },
    },
    {
      name: 'systemctl stop runs the machine down and leaves the card silent',
      limitMs: 30_000,
      async run(world) {
        const { guest } = world
        await guest.run('systemctl', 'stop', 'dualport@small')
        await world.sercos3().waitFor('silence', 2000, isSilent)
        const show = ['-P', 'Result', '-P', 'ExecMainStatus', 'dualport@small']
        assert.equal((await guest.run('systemctl', 'show', ...show)).trim(), 'success\n0')
        assert.match(await journal(guest), /closed: 0 drives disabled, outputs safe/)
      },
    },
  ],
}

export const rights: readonly Group[] = [dropping, service]
