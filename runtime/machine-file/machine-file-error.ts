import { DualportError } from '../../errors.ts'
import { formatFinding } from './finding.ts'
import type { Finding } from './finding.ts'

/** Every error of a machine file at once; `message` has one line per finding after its first line. */
export class MachineFileError extends DualportError {
  readonly findings: readonly Finding[]
  readonly fileName: string

  constructor(fileName: string, findings: readonly Finding[]) {
    const count = findings.length === 1 ? '1 error' : `${findings.length} errors`
    super('DP_MACHINE_FILE', { at: fileName })
    this.fileName = fileName
    this.findings = findings
    const summary = `${this.code}: ${count} in ${fileName}. ${this.todo}`
    this.message = [summary, ...this.lines].join('\n')
  }

  /** One line per finding, in the order of the file: `machine.json:12: name is 5, expected ...`. */
  get lines(): string[] {
    return this.findings.map((finding) => {
      const line = finding.line === undefined ? '' : `:${finding.line}`
      return `${this.fileName}${line}: ${formatFinding(finding, 'the machine')}`
    })
  }
}
