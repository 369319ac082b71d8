/*
 * cycle: a whole turn of the cyclic worker, from the interrupt to its last act, as the card sees it.
 *
 * This process is the card: it plays the chip and its ring in steady CP4 for two tasks in alternating blocks, the
 * TypeScript worker on the device whose descriptors it inherits (3 memory, 4 events, 5 interrupt), which holds a ring
 * that was run up, and a C twin on a copy of that memory. Samples go to stdout as int32 ns, block by block, TypeScript
 * first; behind them what the C twin measured of its own execution, one value a round, the uncounted ones included.
 *
 * cycle <blocks> <samples> <warm-up rounds> <first rounds, TypeScript alone> <task cpu> <task priority> <card cpu> <card priority>
 */
#include <signal.h>
#include <sys/wait.h>

#include "chip.h"
#include "twin.h"

/* SETTLING: rounds at the start of a block that are not counted, while the task has been asleep for a block. */
enum { TASKS = 2, LONGEST_WAIT_MS = 5000, TIMEOUT_MS = 30000, MOTION_STARTS = 500, SETTLING = 5 };

/* What the machine of the bench says in cycle-machine.ts. */
static const struct limits limits = { -100000, 100000, 100, 1000, 10000, 10 };
static const double travel = 50000, speed = 5;

static struct twin *new_twin(const struct device *d, const struct plan *plan)
{
	struct twin *t = calloc(1, sizeof(*t));

	if (t == NULL)
		die("calloc");
	*t = (struct twin){
		.line = attach_line(d),
		.limits = limits,
		.shared = map_or_die(-1, sizeof(struct shared)),
		.cycle_s = 0.001,
		.cycle_ns = 1000000,
		.stall_ns = INT64_C(60000000000),
	};
	init_exchange(&t->exchange, d, plan);
	for (int n = 0; n < DRIVES; n++) {
		struct axis *a = &t->axes[n];

		a->image = &t->exchange.images[n];
		a->increments_per_unit = 10000;
		a->velocity_increments_per_unit = 1000;
		a->power_requested = true;
		a->generator.brake.max_acceleration = limits.acceleration;
		a->generator.brake.max_jerk = limits.jerk;
	}
	return t;
}

/* Half of the axes on a long positioning move, half at a velocity with its look ahead to the position limits. */
static void start_motion(struct twin *t)
{
	for (int n = 0; n < DRIVES; n++) {
		struct generator *g = &t->axes[n].generator;

		if (n % 2 == 0) {
			plan_long_profile(&g->profile, g->position, travel, speed, limits.acceleration, limits.jerk);
			g->source = SOURCE_PROFILE;
		} else {
			change_velocity(g, speed, limits.acceleration, limits.jerk);
		}
	}
}

static void run_twin(const struct device *d, const struct plan *plan, int32_t *executions, int rounds, int cpu,
		     int priority)
{
	struct twin *t = new_twin(d, plan);
	struct times times = { 0 };

	if (!take_realtime(cpu, priority))
		put(&d->events[CONTROL_REFUSED], 1);
	t->last_turn = now_ns();
	for (int n = 0; turn(t, TIMEOUT_MS, &times); n++) {
		write32(d, DONE, t->line.total);
		if (n < rounds)
			executions[n] = (int32_t)times.execution;
		if (n == MOTION_STARTS)
			start_motion(t);
	}
	if (t->line.polled[1].revents == 0)
		fputs("the C twin left its steady cycle\n", stderr);
}

static int32_t round_trip(const struct device *d, struct chip *chip, int64_t *next, uint32_t pause_ns)
{
	uint32_t expected = atomic_load(&d->events[EVENTS_COUNT]) + 1;
	int64_t raised, seen;

	sleep_until(*next);
	run_chip(chip);
	raised = raise_interrupt(d, 1);
	do {
		seen = now_ns();
		if (seen - raised > LONGEST_WAIT_MS * INT64_C(1000000)) {
			fputs("a task did not answer\n", stderr);
			exit(1);
		}
	} while (read32(d, DONE) != expected);
	*next = seen + pause_ns;
	return (int32_t)(seen - raised);
}

static uint32_t next_pause(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return 150000 + (*seed >> 8) % 200000;
}

int main(int argc, char **argv)
{
	struct device devices[TASKS];
	struct chip chips[TASKS];
	struct plan plan = read_plan();
	int64_t next = now_ns();
	uint32_t seed = 7;
	int blocks, samples, warm_up, first, measured, granted;
	int32_t *block, *executions;
	pid_t twin;

	if (argc != 9)
		return 2;
	blocks = atoi(argv[1]);
	samples = atoi(argv[2]);
	warm_up = atoi(argv[3]);
	first = atoi(argv[4]);
	measured = blocks * (SETTLING + samples);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	devices[0] = (struct device){ map_or_die(3, MEMORY_BYTES), map_or_die(4, EVENTS_BYTES), 5, -1 };
	devices[1] = new_device(EFD_NONBLOCK);
	memcpy((void *)devices[1].memory, (const void *)devices[0].memory, MEMORY_BYTES);
	for (int task = 0; task < TASKS; task++)
		chips[task] = take_chip(&devices[task], &plan);
	block = calloc(samples, sizeof(*block));
	executions = map_or_die(-1, (warm_up + measured) * sizeof(*executions));
	if (block == NULL)
		die("calloc");
	twin = fork();
	if (twin < 0)
		die("fork");
	if (twin == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		run_twin(&devices[1], &plan, executions, warm_up + measured, atoi(argv[5]), atoi(argv[6]));
		exit(0);
	}
	granted = take_realtime(atoi(argv[7]), atoi(argv[8]));
	for (int n = 0; n < first; n++)
		round_trip(&devices[0], &chips[0], &next, 20000);
	for (int n = 0; n < warm_up; n++)
		for (int task = 0; task < TASKS; task++)
			round_trip(&devices[task], &chips[task], &next, 20000);
	for (int n = 0; n < blocks; n++) {
		for (int task = 0; task < TASKS; task++) {
			for (int k = 0; k < SETTLING; k++)
				round_trip(&devices[task], &chips[task], &next, next_pause(&seed));
			for (int k = 0; k < samples; k++)
				block[k] = round_trip(&devices[task], &chips[task], &next, next_pause(&seed));
			if (fwrite(block, sizeof(*block), samples, stdout) != (size_t)samples)
				die("write to stdout");
		}
	}
	if (fwrite(executions + warm_up, sizeof(*executions), measured, stdout) != (size_t)measured)
		die("write to stdout");
	fflush(stdout);
	stop_device(&devices[1]);
	waitpid(twin, NULL, 0);
	granted &= atomic_load(&devices[1].events[CONTROL_REFUSED]) == 0;
	return granted ? 0 : 3;
}
