import type { Subscription } from 'rxjs'
import type { MqttLink } from '../mqtt/connect-mqtt.ts'
import type { Output } from './output.ts'

/** Says when the broker is reached, and warns of why it is not: each reason once, until it was reached again. */
export function tellConnection(
  { state$, url }: Pick<MqttLink, 'state$' | 'url'>,
  output: Output,
): Subscription {
  const problems = new Set<string>()
  return state$.subscribe(({ connected, problem }) => {
    if (connected) {
      for (const told of problems) output.forget(told)
      problems.clear()
      output.say(`mqtt         connected to ${url}`)
    } else if (problem !== undefined) {
      problems.add(problem.message)
      output.warn(problem.message)
    }
  })
}
