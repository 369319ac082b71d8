// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card's interrupt: acknowledged here, and told in the page behind the map
 * "events", whose layout is that of uio/events-page.ts.
 */

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "dualport_uio.h"

/* Mode, IP disable and Sercos time: neither the enables nor the write-1-to-clear bits. */
#define DFCSR_QUIET	0x00000827
/* Everything but the enables of the main timer, the port timers and the Sercos time. */
#define TCSR_STOPPED	(~0x0000000fu)
#define WDCSR_DISARM	0x7732

#define EVENTS_MAGIC	0x44504556	/* 'DPEV' */
#define EVENTS_VERSION	1
#define EVENTS_ENTRIES	64

/* With messages that many turns are taken in one run of the handler. */
#define STORM_LIMIT_MAX	1024u

static unsigned int storm_limit = 64;
module_param(storm_limit, uint, 0644);
MODULE_PARM_DESC(storm_limit, "Interrupts in a row that do not clear before they are masked (default 64, at most 1024)");

struct dualport_event {
	__le32 count;
	__le32 bits;
	__le32 time_low;
	__le32 time_high;
};

/* User space reads it, nobody but the handler writes it. */
struct dualport_events {
	__le32 magic;
	__le32 version;
	__le32 sequence;	/* odd while the handler writes */
	__le32 count;
	__le32 time_low;	/* CLOCK_MONOTONIC, ns */
	__le32 time_high;
	__le32 bits;
	__le32 masked;
	__le32 reserved0[24];
	__le32 source_counts[32];
	__le32 reserved1[192];
	struct dualport_event ring[EVENTS_ENTRIES];
};

static_assert(offsetof(struct dualport_events, source_counts) == 0x080);
static_assert(offsetof(struct dualport_events, ring) == 0x400);
static_assert(sizeof(struct dualport_events) <= PAGE_SIZE);

int dualport_alloc_events(struct dualport_stub *stub)
{
	struct device *dev = &stub->pdev->dev;

	stub->events = (void *)devm_get_free_pages(dev, GFP_KERNEL | __GFP_ZERO, 0);
	if (!stub->events)
		return -ENOMEM;
	stub->events->magic = cpu_to_le32(EVENTS_MAGIC);
	stub->events->version = cpu_to_le32(EVENTS_VERSION);
	return 0;
}

/* Disables every source and remembers which were on. Caller holds the lock. */
static void dualport_hold_sources(struct dualport_stub *stub)
{
	stub->held |= ioread32(stub->core + IER0);
	iowrite32(0, stub->core + IER0);
}

/*
 * Nothing is sent, no timer runs, no interrupt comes. The watchdog is disarmed
 * last: should we not get that far, it still acts. The core counts it by
 * cycles, and there are none any more.
 */
void dualport_silence(struct dualport_stub *stub)
{
	void __iomem *core = stub->core;
	unsigned long flags;

	spin_lock_irqsave(&stub->lock, flags);
	iowrite32(0, core + IER0);
	stub->held = 0;
	stub->stuck = 0;
	iowrite32(ioread32(core + DFCSR) & DFCSR_QUIET, core + DFCSR);
	iowrite32(ioread32(core + TCSR) & TCSR_STOPPED, core + TCSR);
	iowrite32(WDCSR_DISARM, core + WDCSR);
	iowrite32(~0u, core + IRR0);
	ioread32(core + IRR0);	/* the bridge posts writes: wait until they arrived */
	spin_unlock_irqrestore(&stub->lock, flags);
}

/*
 * One interrupt into the page. A reader that finds the sequence word odd or
 * changed reads again: the barriers keep the words inside the two increments.
 */
static void dualport_note(struct dualport_stub *stub, u32 bits, bool masked)
{
	struct dualport_events *page = stub->events;
	u32 count = ++stub->count;
	struct dualport_event *entry = &page->ring[count % EVENTS_ENTRIES];
	unsigned long sources = bits;
	unsigned int source;
	u64 now = ktime_get_ns();

	WRITE_ONCE(page->sequence, cpu_to_le32(le32_to_cpu(page->sequence) + 1));
	smp_wmb();	/* odd before any word changes */
	page->count = cpu_to_le32(count);
	page->time_low = cpu_to_le32(lower_32_bits(now));
	page->time_high = cpu_to_le32(upper_32_bits(now));
	page->bits = cpu_to_le32(bits);
	if (masked)
		le32_add_cpu(&page->masked, 1);
	for_each_set_bit(source, &sources, 32)
		le32_add_cpu(&page->source_counts[source], 1);
	entry->count = cpu_to_le32(count);
	entry->bits = cpu_to_le32(bits);
	entry->time_low = cpu_to_le32(lower_32_bits(now));
	entry->time_high = cpu_to_le32(upper_32_bits(now));
	smp_wmb();	/* every word before even */
	WRITE_ONCE(page->sequence, cpu_to_le32(le32_to_cpu(page->sequence) + 1));
}

/*
 * A source that does not clear is masked after a while, or the machine would do
 * nothing else; irqcontrol(1) tries again. Caller holds the lock.
 */
static bool dualport_mask_storm(struct dualport_stub *stub, u32 left)
{
	if (!left) {
		stub->stuck = 0;
		return false;
	}
	if (++stub->stuck < min(READ_ONCE(storm_limit), STORM_LIMIT_MAX))
		return false;
	dualport_hold_sources(stub);
	stub->stuck = 0;
	return true;
}

/*
 * Reading the status back waits for the acknowledging write to arrive, and
 * shows what is left. A line (INTx) that is still high interrupts again by
 * itself, after its other users had their turn. A message (MSI) only comes when
 * the status goes from nothing to something: what was raised between the read
 * and the acknowledge would never be told, so there we go on until the status
 * has been seen empty. Each turn counts as one interrupt either way.
 *
 * User space may enable a source meanwhile that is pending already. Hence the
 * enables are read anew, and before the status: bits stand until they are
 * acknowledged, so if the two have none in common, the status was empty when
 * the enables were read, and what comes later sends a message.
 */
irqreturn_t dualport_handle(int irq, struct uio_info *info)
{
	struct dualport_stub *stub = to_stub(info);
	void __iomem *core = stub->core;
	u32 enabled, bits, left;
	bool masked;

	spin_lock(&stub->lock);
	enabled = ioread32(core + IER0);
	bits = ioread32(core + IRR0) & enabled;
	/* All ones is what a card that has gone reads like. */
	if (!bits || bits == ~0u) {
		spin_unlock(&stub->lock);
		return IRQ_NONE;
	}
	for (;;) {
		iowrite32(bits, core + IRR0);
		enabled = stub->edge ? ioread32(core + IER0) : bits;
		left = ioread32(core + IRR0) & enabled;
		if (left == ~0u)
			left = 0;	/* gone in this moment */
		masked = dualport_mask_storm(stub, left);
		dualport_note(stub, bits, masked);
		if (!stub->edge || !left || masked)
			break;
		uio_event_notify(info);	/* the UIO core counts the last turn */
		bits = left;
	}
	spin_unlock(&stub->lock);

	if (masked)
		dev_err_ratelimited(&stub->pdev->dev,
				    "interrupt %#x does not clear: masked\n", bits);
	return IRQ_HANDLED;
}

/* write(0): sources off. write(1): those that write(0) or a storm took away, on again. */
int dualport_irqcontrol(struct uio_info *info, s32 on)
{
	struct dualport_stub *stub = to_stub(info);
	unsigned long flags;

	if (on != 0 && on != 1)
		return -EINVAL;
	spin_lock_irqsave(&stub->lock, flags);
	if (on) {
		iowrite32(ioread32(stub->core + IER0) | stub->held, stub->core + IER0);
		stub->held = 0;
		stub->stuck = 0;
	} else {
		dualport_hold_sources(stub);
	}
	ioread32(stub->core + IER0);	/* in force when write() returns */
	spin_unlock_irqrestore(&stub->lock, flags);
	return 0;
}
