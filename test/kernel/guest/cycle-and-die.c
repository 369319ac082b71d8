/*
 * cycle-and-die NODE COUNT SEED: COUNT processes, one after the other. Each
 * tells how it found the card, has it send and interrupt, and works in every
 * cycle for more than half of it, until SIGKILL comes at a random moment.
 * SIGUSR2 has the present one killed, another one has the next one started.
 *
 * In C, because a process is then a fork that starts in a millisecond. Register
 * offsets are the compiler's -D options: cards/sercos3/registers.ts has them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define TX_BYTES 0x2000
#define CYCLE_US 20000
#define WORK_US 12000
#define INSIDE 0x1e51de
#define OUTSIDE 0x0075de
/* A cell of the chip's memory that nobody sends; it stays when a process dies. */
#define MARK 0x1ffc
#define DESCRIPTOR 0x20

static void need(int is_good, const char *what)
{
	if (is_good)
		return;
	perror(what);
	_exit(1);
}

static volatile uint8_t *map(int fd, int number, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    (off_t)number * PAGE);

	need(memory != MAP_FAILED, "mmap");
	return memory;
}

static volatile uint32_t *word(volatile uint8_t *memory, unsigned int offset)
{
	return (volatile uint32_t *)(memory + offset);
}

static int64_t now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000ll + time.tv_nsec / 1000;
}

/* Sends an empty MDT0 a cycle, with the watchdog armed and far from its alarm. */
static void start(volatile uint8_t *chip, volatile uint8_t *tx)
{
	*word(tx, 0) = DESCRIPTOR | 1;
	*word(tx, DESCRIPTOR) = 4u << 28 | 40u << 16;
	*word(chip, DECR) = 0;
	*word(chip, SFCR) = 1u << 16;
	*word(chip, WDCNT) = 0xffff;
	*word(chip, WDCSR) = ARM;
	*word(chip, DFCSR) = 0x300;
	*word(chip, TCNTCYCR) = CYCLE_US * 1000;
	*word(chip, IRR0) = ~0u;
	*word(chip, IER0) = 1;
	*word(chip, TCSR) = 1;
}

static void cycle(const char *node, int number)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);
	uint32_t ier0, dfcsr, tcsr, mark, count;
	volatile uint8_t *chip, *tx;
	int taken;

	need(fd >= 0, node);
	chip = map(fd, 0, PAGE);
	tx = map(fd, 1, TX_BYTES);
	ier0 = *word(chip, IER0);
	dfcsr = *word(chip, DFCSR);
	tcsr = *word(chip, TCSR);
	mark = *word(tx, MARK);
	*word(tx, MARK) = OUTSIDE;
	start(chip, tx);
	for (taken = 1;; taken++) {
		int64_t end_us;

		need(read(fd, &count, sizeof(count)) == sizeof(count), "read");
		*word(tx, MARK) = INSIDE;
		for (end_us = now_us() + WORK_US; now_us() < end_us;)
			*word(tx, 0x100) = taken;
		*word(chip, WDCSR) = ARM;
		*word(tx, MARK) = OUTSIDE;
		if (taken == 3)
			printf("found %d {\"ier0\":%u,\"sending\":%u,\"timer\":%u,\"inside\":%s}\n",
			       number, ier0, dfcsr & 0x300, tcsr & 1,
			       mark == INSIDE ? "true" : "false");
	}
}

int main(int arguments, char **argument)
{
	int n, status, number;
	sigset_t go_on;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (arguments != 4)
		return 2;
	sigemptyset(&go_on);
	sigaddset(&go_on, SIGUSR2);
	sigprocmask(SIG_BLOCK, &go_on, NULL);
	srand((unsigned int)atoi(argument[3]));
	for (n = 1; n <= atoi(argument[2]); n++) {
		pid_t child = fork();

		need(child >= 0, "fork");
		if (child == 0)
			cycle(argument[1], n);
		sigwait(&go_on, &number);
		usleep((unsigned int)(rand() % (2 * CYCLE_US)));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		printf("killed %d by %d\n", n, WTERMSIG(status));
		sigwait(&go_on, &number);
	}
	return 0;
}
