/** A cam from motion laws: rest, modified sine, rest, and back over a line of constant velocity. */
import { CamReader, makeCam } from '../../control/index.ts'
import { drawChart } from './chart.ts'

const turn = 360
const steps = 720

export function drawCam(): string {
  const cam = makeCam({
    from: { master: 0, slave: 0 },
    sections: [
      { master: 40, slave: 0, law: 'rest' },
      { master: 140, slave: 50, law: 'modifiedSine' },
      { master: 180, slave: 50, law: 'rest' },
      { master: 230, slave: 40, law: 'polynomial5' },
      { master: 300, slave: 10, law: 'line' },
      { master: 350, slave: 0, law: 'polynomial5' },
      { master: turn, slave: 0, law: 'rest' },
    ],
  })
  const reader = new CamReader(cam)
  type Points = [number, number][]
  const slave: Points = []
  const slope: Points = []
  const curvature: Points = []
  for (let k = 0; k <= steps; k++) {
    const master = (k / steps) * turn
    reader.at = master
    reader.read()
    slave.push([master, reader.value])
    slope.push([master, reader.slope])
    curvature.push([master, reader.curvature])
  }
  return drawChart({
    title: 'A cam of seven sections over one turn of the master',
    x: { label: 'master, degrees', range: [0, turn] },
    panels: [
      { label: 'slave, mm', series: [{ name: '', points: slave }] },
      { label: 'velocity, mm/degree', series: [{ name: '', points: slope }] },
      { label: 'acceleration, mm/degree²', series: [{ name: '', points: curvature }] },
    ],
  })
}
