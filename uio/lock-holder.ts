/** Who holds the lock of a file, as far as /proc/locks tells. */
import { fstatSync, readFileSync } from 'node:fs'

/** 'process 1234 (node)', or undefined where it cannot be known (another PID namespace, no /proc). */
export function lockHolder(fd: number, proc = '/proc'): string | undefined {
  try {
    const { ino } = fstatSync(fd)
    for (const line of readFileSync(`${proc}/locks`, 'utf8').split('\n')) {
      // 1: FLOCK  ADVISORY  WRITE 1234 00:05:4711 0 EOF; '->' marks one that waits. The device number is that of the
      // file system, which stat tells otherwise for some (btrfs, overlay): the inode decides.
      const [, kind, , , pid, file] = line.trim().split(/\s+/)
      if (kind !== 'FLOCK' || file?.split(':')[2] !== String(ino)) continue
      if (pid === undefined || Number(pid) <= 0) return undefined
      return `process ${pid}${processName(proc, pid)}`
    }
  } catch {
    // only the error's wording suffers
  }
  return undefined
}

function processName(proc: string, pid: string): string {
  try {
    return ` (${readFileSync(`${proc}/${pid}/comm`, 'utf8').trim()})`
  } catch {
    return ''
  }
}
