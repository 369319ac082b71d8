/** Runs on the host: imports what the programs of this folder do, so that Node's compile cache holds it. */
import 'mqtt'
import '../../../cards/sercos3/driver/master.ts'
import '../../../runtime/cli/program.ts'
import '../../../runtime/worker/build-cycle.ts'
import '../../../runtime/worker/rehearsal.ts'
import '../../../uio/open-device.ts'
import './card-clock.ts'
import './card-sources.ts'
