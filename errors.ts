/**
 * Every error of dualport: its code, the sentence it says and the next step it proposes.
 * Codes never change their meaning. Imports nothing; every folder may import it.
 */

export type ErrorRow = { readonly says: string; readonly todo: string }

export const errorTable = {
  DP_INTERNAL: {
    says: 'dualport met a state that it holds to be impossible',
    todo: 'Report it with the text of this error; outputs were set to their safe values.',
  },
  DP_COMMAND_QUEUE_FULL: {
    says: 'more commands were given than the way to the cyclic worker holds',
    todo: 'Await earlier commands before giving new ones.',
  },
  DP_COMMAND_VALUE: {
    says: 'a command was given a value that it cannot take',
    todo: 'Give a value of the kind that the command documents.',
  },
  DP_MACHINE_CLOSED: {
    says: 'the machine was closed',
    todo: 'Open the machine again.',
  },
  DP_MACHINE_SAFE: {
    says: 'the machine is in its safe state and takes no commands',
    todo: 'Remove the cause (safeReason and events$ tell it), then call machine.restart(), or close and open the machine.',
  },
  DP_MACHINE_NOT_READY: {
    says: 'the bus is not operational yet',
    todo: 'Await machine.operational before the first command.',
  },
  DP_MACHINE_RESTART: {
    says: 'the machine cannot be restarted',
    todo: 'Close the machine and open it again.',
  },
  DP_RING_POWER: {
    says: 'the ring is not taken out of operation while an axis has power',
    todo: 'Disable every axis first.',
  },
  DP_RING_HELD: {
    says: 'the ring was taken out of operation',
    todo: "Run it up with machine.ring.goTo('CP4') before the next command.",
  },
  DP_RING_BUSY: {
    says: 'the ring is occupied with another request',
    todo: 'Await the earlier one.',
  },
  DP_RING_DEVICE: {
    says: 'the ring has no such device',
    todo: 'Name a device of the machine file.',
  },
  DP_RING_PHASE: {
    says: 'there is no such phase',
    todo: 'Name one of NRT, CP0, CP1, CP2, CP3, CP4.',
  },
  DP_RING_IO_LOST: {
    says: 'an I/O device no longer answers',
    todo: 'Check its supply and cables, then call machine.restart().',
  },
  DP_MACHINE_FILE: {
    says: 'the machine description is wrong',
    todo: 'Correct the file; `dualport schema` prints what it may hold.',
  },
  DP_MACHINE_FILE_READ: {
    says: 'the machine file cannot be read',
    todo: 'Name a JSON file, or a TypeScript or JavaScript module whose default export is the machine.',
  },
  DP_INPUT_FILE: {
    says: 'the file cannot be read',
    todo: 'Name a file that is there and that you may read.',
  },
  DP_OUTPUT_FILE: {
    says: 'the file cannot be written',
    todo: 'Name a file in a folder that is there and that you may write to.',
  },
  DP_MQTT_DISABLED: {
    says: 'the machine file switches MQTT off',
    todo: 'Set mqtt.enabled to true, or call connectMqtt only where machine.file.mqtt.enabled is true.',
  },
  DP_MQTT_LINKED: {
    says: 'the machine is on MQTT already',
    todo: 'Use the link that the first connectMqtt returned, or close it before the next call.',
  },
  DP_MQTT_PORT_BUSY: {
    says: 'the port of the embedded MQTT broker is in use',
    todo: 'Leave mqtt.port out to take a free one, or set mqtt.url to use the broker that is there.',
  },
  DP_MQTT_BROKER: {
    says: 'the embedded MQTT broker could not listen',
    todo: 'Choose another mqtt.port (above 1023 without root), or leave it out.',
  },
  DP_MQTT_CONNECTION: {
    says: 'there is no connection to the MQTT broker',
    todo: 'Check mqtt.url, user name, password and certificates; it is tried again every second.',
  },
  DP_MQTT_COMMAND: {
    says: 'an MQTT command is wrong',
    todo: 'Send JSON such as {"id": 1, "replyTo": "me/answers", "command": "moveAbsolute", "position": 10}.',
  },
  DP_MQTT_COMMAND_CLOSED: {
    says: 'this axis takes no commands over MQTT',
    todo: "Open it with commands: ['mqtt'] in the machine file.",
  },
  DP_MQTT_COMMAND_BUSY: {
    says: 'too many MQTT commands are under way',
    todo: 'Await the answers to earlier commands before sending new ones.',
  },
  DP_AXIS_UNKNOWN: {
    says: 'the machine has no such axis',
    todo: 'Name an axis of the machine file, or give its number from 0 on.',
  },
  DP_AXIS_UNIT: {
    says: 'the axis is declared in another unit',
    todo: 'Ask for the axis in the unit of the machine file, or change it there.',
  },
  DP_AXIS_OWNER: {
    says: 'the axis belongs to the cyclic task of the machine file',
    todo: 'Command it in the task module, or leave `task` out of the machine file.',
  },
  DP_AXIS_HOMING_METHOD: {
    says: 'the axis is not set up for this homing method',
    todo: "Describe it in the machine file (homing of the axis), or use 'setPosition' at standstill, or 'drive'.",
  },
  DP_IO_UNKNOWN: {
    says: 'the machine has no such I/O point',
    todo: 'Name a point of `io` in the machine file, of the kind that is asked for.',
  },
  DP_IO_DIRECTION: {
    says: 'an input cannot be written',
    todo: 'Write to an output.',
  },
  DP_IO_OWNER: {
    says: 'the outputs belong to the cyclic task of the machine file',
    todo: 'Write them in the task module, or leave `task` out of the machine file.',
  },
  DP_IO_VALUE: {
    says: 'the value does not fit this output',
    todo: 'Give a boolean to a digital output, and a number within its range to an analogue one.',
  },
  DP_TASK_MODULE: {
    says: 'the cyclic task module cannot be used',
    todo: 'Its default export must be cyclicTask({ cycle(io, tick) {} }) without async functions, and setup must not throw.',
  },
  DP_TASK_FAILED: {
    says: 'the cyclic task failed',
    todo: 'Correct the task; the outputs were set to their safe values.',
  },
  DP_TASK_OVERRUN: {
    says: 'the cycle took longer than the cycle time too often in a row',
    todo: 'Shorten the task, lengthen cycleUs, or raise realtime.toleratedOverruns.',
  },
  DP_WORKER_STALL: {
    says: 'the cyclic worker stands still; transmission was switched off',
    todo: 'Look for an endless loop in the cyclic task; close and open the machine again.',
  },
  DP_WORKER_FAILED: {
    says: 'the cyclic worker ended by itself',
    todo: 'The cause tells why; close and open the machine again.',
  },
  DP_MAIN_STALL: {
    says: 'the main thread stood still; the axes were run down',
    todo: 'Keep long work off the main thread, or raise realtime.stallMs.',
  },
  DP_CARD_GONE: {
    says: 'the card is gone',
    todo: 'Check that the card is seated and its driver bound, then open the machine again.',
  },
  DP_CARD_SILENT: {
    says: 'the card raises no interrupt any more',
    todo: "Check the card's interrupt line and the ring's clock, then call machine.restart(), or open the machine again.",
  },
  DP_CARD_FAULT: {
    says: 'the card or its bus failed',
    todo: 'The cause tells what failed; repair it, then call machine.restart(), or open the machine again.',
  },
  DP_REALTIME_REFUSED: {
    says: 'a real-time setting that the machine file requires was refused',
    todo: 'Grant it (CAP_SYS_NICE, RLIMIT_RTPRIO, RLIMIT_MEMLOCK), or set realtime.required to false.',
  },
  DP_USER_UNKNOWN: {
    says: 'there is no such user on this machine',
    todo: 'Make the user (useradd --system dualport), or correct `user` in the machine file or --user.',
  },
  DP_USER_ROOT: {
    says: 'the user to run as is root itself',
    todo: 'Name a user without rights of its own, or leave `user` out to go on as root.',
  },
  DP_USER_OTHER: {
    says: 'only root can become another user',
    todo: 'Start as root or as that user, or leave `user` out.',
  },
  DP_USER_FILES: {
    says: 'the user that this process became cannot read the files of dualport',
    todo: 'Install dualport where every user can read it (npm install --global), or open the folders above it to that user.',
  },
  DP_RIGHTS_REFUSED: {
    says: 'the system refused to let this process give up its rights',
    todo: 'Start with CAP_SETUID, CAP_SETGID and CAP_SETPCAP (a container may lack them), on the main thread; or start as the user itself, as the systemd unit does.',
  },
  DP_RIGHTS_LEFT: {
    says: 'rights are left in this process, or it cannot be seen whether',
    todo: 'End it: nothing was started. Look for what made these threads (a library, io_uring), or start as the user itself, as the systemd unit does.',
  },
  DP_AXIS_DISABLED: {
    says: 'the axis has no power',
    todo: 'Call enable() and wait until it resolves.',
  },
  DP_AXIS_STATE: {
    says: 'the command is not allowed in the state of the axis',
    todo: 'Let the motion under way end, or reset() the axis after an error.',
  },
  DP_AXIS_ARGUMENT: {
    says: 'an argument of the command is not a usable number',
    todo: 'Give finite numbers, and velocity, acceleration and jerk that are not negative.',
  },
  DP_AXIS_QUEUE: {
    says: 'more motions were commanded than the buffer of the axis holds',
    todo: 'Await an earlier motion before buffering one more.',
  },
  DP_AXIS_LIMIT: {
    says: 'the command or the motion would leave the limits of the axis',
    todo: 'Stay within the limits that the machine file gives the axis, or correct them there.',
  },
  DP_AXIS_POWER: {
    says: 'the drive did not take, hold or give up its power',
    todo: "Look at the drive's own diagnosis, mains and enable inputs, then reset() the axis.",
  },
  DP_AXIS_FOLLOWING_ERROR: {
    says: 'the actual position fell too far behind the setpoint',
    todo: 'Look for a blocked or overloaded axis, lower the acceleration or raise limits.followingError, then reset() the axis.',
  },
  DP_AXIS_DRIVE: {
    says: 'the drive reports an error or stays in another operation mode than asked for',
    todo: "Read the drive's diagnosis and its operation modes (S-0-0032, S-0-0033), remove the cause, then reset() the axis.",
  },
  DP_AXIS_DEVICE_LOST: {
    says: 'the device of the axis is not in cyclic operation any more',
    todo: 'Look at its power, its cables and its own display; once it is back, reset() the axis and home it anew.',
  },
  DP_AXIS_HOMING: {
    says: 'the reference of the axis was not found',
    todo: "Check home switch, homing direction and marker (S-0-0147), read the drive's diagnosis, then home the axis again.",
  },
  DP_AXIS_PROBE: {
    says: 'the probe of the drive could not be used',
    todo: 'Check that the drive has this probe (S-0-0169, S-0-0405) and that nobody else waits for it.',
  },
  DP_COMPENSATION_TABLE: {
    says: 'a table of position errors cannot be used',
    todo: 'Give ascending positions and a measured error for each; errors change by at most a tenth of the way between two positions.',
  },
  DP_HOMING_OPTIONS: {
    says: 'a homing sequence cannot be built from these options',
    todo: 'Correct the option that is named.',
  },
  DP_MECHANICS_OPTION: {
    says: 'brake, supervision, compensation or gantry cannot be built from these options',
    todo: 'Correct the option that is named.',
  },
  DP_AXIS_SERVICE: {
    says: 'the drive refused what was asked of it through its service channel',
    todo: 'Read what the drive answers, and correct the value by its manual.',
  },
  DP_AXIS_CARD: {
    says: 'the card or its bus failed while the axis was in use',
    todo: "Look at the machine's events for the fault; the axis needs a reset() once the bus is back.",
  },
  DP_AXIS_SAFE: {
    says: 'the machine went to its safe state',
    todo: "Look at the machine's safeReason; once the cause is removed, call machine.restart(), or open the machine anew.",
  },
  DP_GROUP_UNKNOWN: {
    says: 'the machine has no such group of axes',
    todo: 'Use the name of a group of the machine file (groups).',
  },
  DP_GROUP_DISABLED: {
    says: 'the group is not enabled',
    todo: 'Enable the group once all its axes have power and stand.',
  },
  DP_GROUP_STATE: {
    says: 'the command is not allowed in the state of the group',
    todo: 'Let the motion under way end, or reset the group after an error.',
  },
  DP_GROUP_ARGUMENT: {
    says: 'an argument of the command is not a usable number',
    todo: 'Give finite coordinates, and velocity, acceleration, jerk and distances that are not negative.',
  },
  DP_GROUP_LIMIT: {
    says: 'the way would leave the limits of the path or of an axis',
    todo: 'Stay within the limits of the group and within the position limits of its axes.',
  },
  DP_GROUP_WORKSPACE: {
    says: 'the way leads out of the workspace or near a singularity of the kinematics',
    todo: 'Lead the way around it, or move the axes themselves there (a line in their own coordinates).',
  },
  DP_GROUP_CIRCLE: {
    says: 'no circle goes through the given points',
    todo: 'Give three points that are not on one line, a centre as far from the start as from the end, or a radius of at least half the distance.',
  },
  DP_GROUP_QUEUE: {
    says: 'more motions were commanded than the buffer of the group holds',
    todo: 'Await an earlier motion before buffering one more.',
  },
  DP_GROUP_AXIS: {
    says: 'an axis of the group is not ready for a motion or failed in it',
    todo: 'Look at the errors of the axes, bring all of them to standstill with power, then reset the group.',
  },
  DP_PROFILE: {
    says: 'no motion can be made of the points of a profile',
    todo: 'Give two points or more, ascending times, one finite value for each; accelerations begin and end with 0.',
  },
  DP_CAM: {
    says: 'the cam cannot be made as it is described',
    todo: 'Correct the field named here: masters ascend, numbers are finite, and sections meet with one slope.',
  },
  DP_AXIS_BRAKE: {
    says: 'the holding brake of the axis failed',
    todo: "Look at the brake's supply, its contact and the load, then reset() the axis.",
  },
  DP_AXIS_MASTER: {
    says: 'the axis cannot follow this master',
    todo: "Enable the master first, or follow its feedback with masterSource: 'actual'; let no axis follow itself. A slave in errorStop needs a reset().",
  },
  DP_TASK_BLOCKS: {
    says: 'the cyclic task made too many function blocks',
    todo: 'Make blocks in setup() and execute them again and again, instead of making new ones in cycle().',
  },
  DP_CAM_UNKNOWN: {
    says: 'the machine has no such cam',
    todo: 'Use the name of a cam of the machine file, or a table that makeCam made.',
  },
  DP_TABLE_ROOM: {
    says: 'there is no room for one more cam or profile beside those in use',
    todo: 'Put cams that are always needed into the machine file, and give the others fewer points.',
  },
  DP_CAM_SWITCH: {
    says: 'the cam switch cannot be made as it is described',
    todo: 'Correct the field named here.',
  },
  DP_SYSTEM_CALL: {
    says: 'a system call failed',
    todo: 'Look the errno up in the manual page of the call; if it is EMFILE or ENOMEM, raise the limit it names.',
  },
  DP_UIO_NOT_FOUND: {
    says: 'there is no such UIO device',
    todo: 'Load its kernel driver (some have no modalias and must be loaded by name); `dualport devices` lists what is there.',
  },
  DP_UIO_AMBIGUOUS: {
    says: 'several UIO devices have this name',
    todo: "Choose one by its path (by: 'path') or by PCI ids and index (by: 'pci').",
  },
  DP_UIO_ACCESS: {
    says: 'this user may not open the device',
    todo: 'Install the udev rule of kmod/ and join its group `dualport`, or run as root.',
  },
  DP_UIO_OPEN: {
    says: 'the device cannot be opened',
    todo: 'Look into the kernel log: its driver refused the open.',
  },
  DP_UIO_BUSY: {
    says: 'another process uses the device',
    todo: 'End that process; a card takes one master at a time.',
  },
  DP_UIO_CLOSED: {
    says: 'the device is closed',
    todo: 'Open it again and attach to the new handle.',
  },
  DP_UIO_GONE: {
    says: 'the device is gone: its driver was unbound or the card vanished',
    todo: 'Close it, bind the driver or plug the card in again, then open it anew.',
  },
  DP_UIO_NO_MAP: {
    says: 'the device has no such map',
    todo: 'Use one of the maps it has; `dualport devices` lists them.',
  },
  DP_UIO_MAP: {
    says: 'a map of the device cannot be mapped into this process',
    todo: 'Open the device as root, or with the rights on the PCI resource file (`dualport devices` tells which), without kernel lockdown; or let the kernel driver publish the window rounded to whole pages.',
  },
  DP_UIO_NO_IRQCONTROL: {
    says: 'the kernel driver has no irqcontrol',
    todo: 'Call interrupt.rearm(), which knows the way of each kernel driver.',
  },
  DP_UIO_REARM: {
    says: 'the interrupt cannot be re-armed, which its kernel driver leaves to user space',
    todo: 'Give this process the rights on the files that the way needs (`dualport devices` names them), without kernel lockdown, or use the stub of kmod/.',
  },
  DP_UIO_NO_INTERRUPT: {
    says: 'the device has no interrupt',
    todo: 'Give the card an interrupt line (BIOS, kernel log), or poll its memory instead.',
  },
  DP_VFIO_USER_MESSAGE: {
    says: 'the vfio-user client sent something that is no message',
    todo: 'Connect a vfio-user client (QEMU 10.1 or newer) to this socket, and nothing else.',
  },
  DP_SERCOS3_CONFIG: {
    says: 'the configuration of the Sercos III card is wrong',
    todo: 'Correct this field of the machine description.',
  },
  DP_SERCOS3_LAYOUT: {
    says: 'the telegrams do not hold all devices and connections',
    todo: 'Take devices off this ring or shorten their cyclic lists.',
  },
  DP_SERCOS3_RAM: {
    says: "the telegrams and their buffers do not fit into the chip's telegram memory",
    todo: 'Use double instead of triple buffering, or take devices off this ring.',
  },
  DP_SERCOS3_CYCLE_TOO_SHORT: {
    says: 'the telegrams do not fit into the cycle',
    todo: 'Lengthen the cycle, take devices off this ring or shorten their cyclic lists.',
  },
  DP_SERCOS3_DEVICE_TIMES: {
    says: 'a device that came needs other times than the ring runs with',
    todo: 'Restart the ring while the device is on it: the times are worked out anew.',
  },
  DP_SERCOS3_PRODUCER_CYCLES: {
    says: 'the producer cycles of the connections never meet within the count of the chip',
    todo: 'Choose producer cycles that are multiples of each other.',
  },
  DP_SERCOS3_UC_WINDOW: {
    says: 'the cycle leaves no window for a UC channel beside the telegrams',
    todo: 'Lengthen the cycle, or leave `card.uc` out.',
  },
  DP_SERCOS3_UC_RAM: {
    says: "the telegrams leave too little of the chip's memory for the frames of the UC channel",
    todo: 'Use double instead of triple buffering, lower `card.uc.mtu`, or leave `card.uc` out.',
  },
  DP_SERCOS3_UC_MTU: {
    says: 'a device would send longer frames than the window of the UC channel holds',
    todo: "Lengthen the cycle so that the device's MTU fits, or leave `card.uc` out.",
  },
  DP_SERCOS3_RING_DELAY: {
    says: 'the measured ring delay is longer than the number of devices explains',
    todo: 'Check the cables and what else than Sercos devices lies between them.',
  },
  DP_SERCOS3_CHIP: {
    says: 'this is no SERCON100M master that this driver knows',
    todo: 'Check that the right UIO device and map were opened, and the version of the card.',
  },
  DP_SERCOS3_RESET: {
    says: 'the chip does not end its reset',
    todo: 'Check the card; switch its power off and on.',
  },
  DP_SERCOS3_LINK: {
    says: 'no port has a link',
    todo: 'Plug in the ring and switch the devices on.',
  },
  DP_SERCOS3_TOPOLOGY: {
    says: 'the wiring is not the one of the machine description',
    todo: 'Check the cables, or change `topology`.',
  },
  DP_SERCOS3_UNSTABLE: {
    says: 'topology or device list did not become stable in CP0',
    todo: 'Look for loose plugs and for devices that restart.',
  },
  DP_SERCOS3_NO_DEVICE: {
    says: 'no device answered on the ring',
    todo: 'Switch the devices on and check the cables.',
  },
  DP_SERCOS3_DEVICE_MISSING: {
    says: 'a device of the machine description is not on the ring',
    todo: 'Switch it on, check its address switch, or take it out of the machine description.',
  },
  DP_SERCOS3_DEVICE_EXTRA: {
    says: 'a device on the ring is not in the machine description',
    todo: 'Add it to the machine description, or take it off the ring.',
  },
  DP_SERCOS3_DOUBLE_ADDRESS: {
    says: 'two devices on the ring have the same address',
    todo: 'Give each device an address of its own.',
  },
  DP_SERCOS3_DEVICE_ORDER: {
    says: 'the devices stand in another order on the ring than in the machine description',
    todo: 'List the devices in the order of the cables, seen from port 1, or swap cables.',
  },
  DP_SERCOS3_PHASE_LEAVE: {
    says: 'a device goes on sending although the phase is left',
    todo: 'Restart the device; if it stays, its Sercos version does not go with this master.',
  },
  DP_SERCOS3_PHASE_START: {
    says: 'a device does not take part in the new phase',
    todo: 'Read the diagnosis at the device.',
  },
  DP_SERCOS3_NO_TELEGRAMS: {
    says: 'no telegrams came back in this phase',
    todo: 'Check cables and power of the devices.',
  },
  DP_SERCOS3_SVC: {
    says: 'a device refused an access through its service channel',
    todo: 'Check IDN, value and phase against the manual of the device.',
  },
  DP_SERCOS3_SVC_TIMEOUT: {
    says: 'the service channel of a device does not answer',
    todo: 'Restart the device; look for lost telegrams.',
  },
  DP_SERCOS3_SVC_PHASE: {
    says: 'the service channels are not open to users',
    todo: 'Await machine.operational, or hold the ring in CP2 or CP3 with ring.goTo; transfers under way end when the phase is left.',
  },
  DP_SERCOS3_SVC_QUEUE: {
    says: 'more transfers wait for the service channel of this device than its queue holds',
    todo: 'Await earlier transfers before starting new ones.',
  },
  DP_SERCOS3_SVC_ABORTED: {
    says: 'the transfer through a service channel was aborted',
    todo: 'Nothing needs repair: the device was told, a command is cleared and a list dropped.',
  },
  DP_SERCOS3_IDN: {
    says: 'this is no IDN',
    todo: 'Write it as S-0-0051, P-0-0020 or, with structure instance and element, S-0-1050.2.3.',
  },
  DP_SERCOS3_VALUE: {
    says: 'the value does not fit this IDN',
    todo: "Look at the IDN's attribute and unit: `dualport idn list` shows them.",
  },
  DP_SERCOS3_DUMP: {
    says: 'this is no dump of a device, or of another one',
    todo: 'Take a file that `dualport idn dump` wrote for this device.',
  },
  DP_SERCOS3_SVC_DATA: {
    says: 'a device answered with data of another kind than this parameter has',
    todo: 'Check the parameter against the manual of the device.',
  },
  DP_SERCOS3_SCALING: {
    says: 'the scaling of a drive does not fit the axis of the machine description',
    todo: "Set the drive's scaling types and factors, or correct unit and increments of the axis.",
  },
  DP_SERCOS3_PARAMETER: {
    says: 'a parameter of the machine description does not fit the one in the device',
    todo: 'Correct the value by the manual of the device; it is raw, in the scaling of the device.',
  },
  DP_SERCOS3_COMMAND: {
    says: 'a procedure command ended in error at a device',
    todo: 'Read the diagnosis at the device (S-0-0095); S-0-0021 and S-0-0022 list wrong parameters.',
  },
  DP_SERCOS3_CLASSES: {
    says: 'a device lists communication classes that this master cannot use',
    todo: 'The device needs SCP_VarCFG or SCP_FixCFG, version 1; see its manual.',
  },
  DP_SERCOS3_CONNECTION: {
    says: 'a device cannot set up the connections that it ought to have',
    todo: 'Check `profile` and `connections` of the device, and how many connections it has.',
  },
  DP_SERCOS3_WORD_LENGTH: {
    says: 'a word in a connection has another length than this master works with',
    todo: 'Leave the word out of `connections` of the device; its manual tells the length.',
  },
  DP_SERCOS3_REQUEST: {
    says: 'what was asked of the ring cannot be done now',
    todo: 'Ask for it in the state that it needs.',
  },
  DP_SERCOS3_RING: {
    says: 'the ring could not be closed or opened',
    todo: 'Check the cables and the link lights at the open end; the process data go on as before.',
  },
  DP_SERCOS3_HOT_PLUG: {
    says: 'a device that was plugged in did not join the ring',
    todo: 'Check its Sercos address and that the machine file lists it as optional; unplug it and plug it in again.',
  },
  DP_SERCOS3_TELEGRAMS_LOST: {
    says: 'more cycles in a row than tolerated brought no valid telegrams',
    todo: 'Check cables and power of the devices, then call machine.restart(), or open the machine again.',
  },
  DP_SERCOS3_DEVICE_LOST: {
    says: 'a device stopped taking part in the communication',
    todo: 'Read the diagnosis at the device, then call machine.restart(), or open the machine again.',
  },
  DP_SERCOS3_WATCHDOG: {
    says: "the chip's watchdog stopped the telegrams: the cyclic task was away too long",
    todo: 'Find what held the cyclic worker, or raise `watchdogCycles`.',
  },
  DP_SERCOS3_SILENCED: {
    says: 'the card was silenced',
    todo: 'Open the machine again.',
  },
  DP_SERCOS3_GONE: {
    says: 'the memory of the card reads all ones: the card is gone',
    todo: 'Check the card and its bus, then open the machine again.',
  },
  DP_EMULATOR_MEMORY: {
    says: "the file cannot be the emulated card's memory",
    todo: 'Name another file, best one in /dev/shm.',
  },
  DP_EMULATOR_SOCKET: {
    says: "the emulated card's interrupts cannot be offered there",
    todo: 'Name another path, or end the program that listens at it.',
  },
  DP_LOOP_PARAMETER: {
    says: 'a loop, filter or observer was given a parameter that it cannot take',
    todo: 'Give a value of the range that is named; `at` is the parameter.',
  },
  DP_LOOP_EXPERIMENT: {
    says: 'an experiment on the plant has no usable result',
    todo: 'Let it run to its end; where it did, give it a stronger excitation or the right sign.',
  },
  DP_EMULATOR_SCRIPT: {
    says: 'the script of faults is not one that the emulator can play',
    todo: 'Correct the place that is named: each step has `at` (phase, cycle) and `fault`.',
  },
  DP_EMULATOR_FAULTS: {
    says: 'more faults were given to an emulator than it takes in one cycle',
    todo: 'Give faults more slowly; the emulator takes all that wait before each cycle.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

/** What an error can say besides its code: where, what was met, what was expected. All optional. */
export type ErrorFacts = {
  /** The thing at fault: a path in a file, a device, a system call, an IDN. */
  readonly at?: string
  readonly actual?: unknown
  readonly expected?: string
  /** Overrides the table's next step where the place knows a better one. */
  readonly todo?: string
  readonly cause?: unknown
}

/** Match on `code`, never on the message. */
export class DualportError extends Error {
  override readonly name = 'DualportError'
  readonly code: ErrorCode
  readonly at: string | undefined
  readonly actual: unknown
  readonly expected: string | undefined
  readonly todo: string

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    const row: ErrorRow = errorTable[code]
    const todo = facts.todo ?? row.todo
    super(sentence(code, row, facts, todo), facts.cause === undefined ? {} : { cause: facts.cause })
    this.code = code
    this.at = facts.at
    this.actual = facts.actual
    this.expected = facts.expected
    this.todo = todo
  }
}

function sentence(code: ErrorCode, row: ErrorRow, facts: ErrorFacts, todo: string): string {
  const where = facts.at === undefined ? '' : `${facts.at}: `
  const actual = facts.actual === undefined ? '' : `, is ${show(facts.actual)}`
  const expected = facts.expected === undefined ? '' : `, expected ${facts.expected}`
  return `${code}: ${where}${row.says}${actual}${expected}${because(facts)}. ${todo}`
}

/** What lay behind an error, on one line, where neither `at` nor `actual` says it; of one of ours without its next step. */
function because({ at, actual, cause }: ErrorFacts): string {
  const words = inWords(cause)
  const isSaid = [at, actual].some((text) => typeof text === 'string' && text.includes(words))
  if (words === '' || isSaid) return ''
  const name = cause instanceof Error && !(cause instanceof DualportError) ? cause.name : 'Error'
  return name === 'Error' || name === words ? ` (${words})` : ` (${name}: ${words})`
}

function inWords(cause: unknown): string {
  if (cause === undefined) return ''
  if (!(cause instanceof Error)) return typeof cause === 'object' ? '' : show(cause)
  const [line = ''] = cause.message.split('\n')
  if (cause instanceof DualportError) return line.replace(`. ${cause.todo}`, '')
  return line === '' ? cause.name : line
}

/** A text that could pass for a number or for nothing is shown in quotes. */
function show(value: unknown): string {
  if (typeof value === 'string') return mistakable.test(value) ? JSON.stringify(value) : value
  // JSON makes null of NaN and Infinity
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

const mistakable =
  /^\s*([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|NaN|[+-]?Infinity|true|false|null|undefined)?\s*$/i
