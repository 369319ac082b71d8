/*
 * wake: from the interrupt to the first write of the task, as the card sees it.
 *
 * This process is the card. It wakes three tasks in turn, in alternating blocks: the TypeScript worker on the device whose
 * descriptors it inherits (3 memory, 4 events, 5 interrupt), a C twin that polls and reads, and a C task that just reads.
 * Samples go to stdout as int32 ns: block by block, in the order of the tasks.
 *
 * wake <blocks> <samples per block> <warm-up rounds> <task cpu> <task priority> <card cpu> <card priority> <timeout ms>
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "wait.h"

/* SETTLING: rounds at the start of a block that are not counted, while the task has been asleep for two blocks. */
enum { TASKS = 3, LONGEST_WAIT_MS = 2000, SETTLING = 5 };

static int task_cpu, task_priority, timeout_ms;

static void poll_and_read(const struct device *d)
{
	struct line line = attach_line(d);
	volatile uint32_t *first = (volatile uint32_t *)d->memory;

	for (;;) {
		enum wait_result result = wait_line(&line, timeout_ms);

		if (result == WAIT_INTERRUPT)
			first[0] = line.total;
		else if (result != WAIT_TIMEOUT)
			return;
	}
}

static void just_read(const struct device *d)
{
	volatile uint32_t *first = (volatile uint32_t *)d->memory;
	uint64_t drained;

	while (read(d->interrupt_fd, &drained, 8) == 8 && atomic_load(&d->events[CONTROL_GONE]) == 0)
		first[0] = atomic_load(&d->events[EVENTS_COUNT]);
}

static pid_t start_task(const struct device *d, void (*task)(const struct device *))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (!take_realtime(task_cpu, task_priority))
		put(&d->events[CONTROL_REFUSED], 1);
	task(d);
	exit(0);
}

/* One interrupt; ns until the task's write was seen. */
static int32_t round_trip(const struct device *d, int64_t *next, uint32_t pause_ns)
{
	volatile uint32_t *first = (volatile uint32_t *)d->memory;
	uint32_t expected = atomic_load(&d->events[EVENTS_COUNT]) + 1;
	int64_t raised, seen;

	sleep_until(*next);
	raised = raise_interrupt(d, 1);
	do {
		seen = now_ns();
		if (seen - raised > LONGEST_WAIT_MS * INT64_C(1000000)) {
			fputs("a task did not answer\n", stderr);
			exit(1);
		}
	} while (first[0] != expected);
	*next = seen + pause_ns;
	return (int32_t)(seen - raised);
}

/* Not a multiple of anything: the pause moves through 150..350 us, so that no timer tick falls in step. */
static uint32_t next_pause(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return 150000 + (*seed >> 8) % 200000;
}

int main(int argc, char **argv)
{
	struct device devices[TASKS];
	int64_t next = now_ns();
	uint32_t seed = 7;
	pid_t twins[2];
	int blocks, samples, warm_up, granted;
	int32_t *block;

	if (argc != 9)
		return 2;
	blocks = atoi(argv[1]);
	samples = atoi(argv[2]);
	warm_up = atoi(argv[3]);
	task_cpu = atoi(argv[4]);
	task_priority = atoi(argv[5]);
	timeout_ms = atoi(argv[8]);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	devices[0] = (struct device){ map_or_die(3, MEMORY_BYTES), map_or_die(4, EVENTS_BYTES), 5, -1 };
	devices[1] = new_device(EFD_NONBLOCK);
	devices[2] = new_device(0);
	block = calloc(samples, sizeof(*block));
	if (block == NULL)
		die("calloc");
	twins[0] = start_task(&devices[1], poll_and_read);
	twins[1] = start_task(&devices[2], just_read);
	granted = take_realtime(atoi(argv[6]), atoi(argv[7]));
	for (int n = 0; n < warm_up; n++)
		for (int task = 0; task < TASKS; task++)
			round_trip(&devices[task], &next, 20000);
	for (int n = 0; n < blocks; n++) {
		for (int task = 0; task < TASKS; task++) {
			for (int k = 0; k < SETTLING; k++)
				round_trip(&devices[task], &next, next_pause(&seed));
			for (int k = 0; k < samples; k++)
				block[k] = round_trip(&devices[task], &next, next_pause(&seed));
			if (fwrite(block, sizeof(*block), samples, stdout) != (size_t)samples)
				die("write to stdout");
		}
	}
	fflush(stdout);
	stop_device(&devices[1]);
	put(&devices[2].events[CONTROL_GONE], 1);
	raise_interrupt(&devices[2], 1);
	for (int n = 0; n < 2; n++)
		waitpid(twins[n], NULL, 0);
	for (int n = 1; n < TASKS; n++)
		granted &= atomic_load(&devices[n].events[CONTROL_REFUSED]) == 0;
	return granted ? 0 : 3;
}
