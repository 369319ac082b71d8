// SPDX-License-Identifier: GPL-2.0-only
/*
 * UIO stub for the SERCOS III master card: a SERCON100M core behind a PLX 9030.
 *
 * Unlike the mainline driver for this card, the handler acknowledges the chip
 * itself and leaves the sources enabled, so that the cyclic task needs no
 * system call but its wait. What was acknowledged is not lost: the read-only
 * map "events" tells count, time and bits of the last 64 interrupts. Its layout
 * is that of uio/events-page.ts.
 *
 * When the last user goes, by whatever death, the chip is put into a silent,
 * safe state: nothing is sent, no timer runs, no interrupt is raised.
 */

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/uio_driver.h>

#define DRIVER_NAME	"dualport_uio"
#define UIO_NAME	"dualport_sercos3"
#define DRIVER_VERSION	"0.1.0"

/* The core's registers, 32 bit, little endian. */
#define IDR		0x000
#define IER0		0x008
#define IRR0		0x018
#define DFCSR		0x020
#define TCSR		0x038
#define WDCSR		0x068

#define IDR_IDENT(id)	((id) >> 16)
#define IDENT_SERCON	0x88cd
/* Mode, IP disable and Sercos time: neither the enables nor the write-1-to-clear bits. */
#define DFCSR_QUIET	0x00000827
/* Everything but the enables of the main timer, the port timers and the Sercos time. */
#define TCSR_STOPPED	(~0x0000000fu)
#define WDCSR_DISARM	0x7732

/* Windows of the core that user space needs. */
#define CORE_SIZE	0x10000
#define TX_OFFSET	0x8000
#define TX_SIZE		0x2000
#define RX_OFFSET	0xc000
#define RX_SIZE		0x4000

enum { MAP_REGISTERS, MAP_TX, MAP_RX, MAP_EVENTS };

static int core_bar = 4;
module_param(core_bar, int, 0444);
MODULE_PARM_DESC(core_bar, "BAR that holds the core's 64 KiB (default 4)");

static unsigned int storm_limit = 64;
module_param(storm_limit, uint, 0644);
MODULE_PARM_DESC(storm_limit, "Interrupts in a row that do not clear before they are masked (default 64)");

#define EVENTS_MAGIC	0x44504556	/* 'DPEV' */
#define EVENTS_VERSION	1
#define EVENTS_ENTRIES	64

struct dualport_event {
	__le32 count;
	__le32 bits;
	__le32 time_low;
	__le32 time_high;
};

/* The page behind the map "events". User space reads it, nobody else writes it. */
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
static_assert(sizeof(struct dualport_events) <= 4096);

struct dualport_stub {
	struct uio_info info;
	struct pci_dev *pdev;
	void __iomem *core;
	struct dualport_events *events;
	u32 count;		/* handler only */
	u32 stuck;		/* interrupts in a row that would not clear; under lock */
	u32 held;		/* sources that irqcontrol(1) enables again; under lock */
	unsigned int openers;	/* the UIO core serialises open and release */
	spinlock_t lock;	/* IER0 read-modify-write: handler, irqcontrol, silence */
};

static struct dualport_stub *to_stub(struct uio_info *info)
{
	return container_of(info, struct dualport_stub, info);
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
static void dualport_silence(struct dualport_stub *stub)
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
static void dualport_note(struct dualport_stub *stub, u32 bits, u64 now, bool masked)
{
	struct dualport_events *page = stub->events;
	u32 count = ++stub->count;
	struct dualport_event *entry = &page->ring[count % EVENTS_ENTRIES];
	unsigned long sources = bits;
	unsigned int source;

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
 * Reading the status back waits for the acknowledging write to arrive, and
 * shows a line that does not fall. Such a line is masked after a while, or the
 * machine would do nothing else; irqcontrol(1) tries again.
 */
static irqreturn_t dualport_handle(int irq, struct uio_info *info)
{
	struct dualport_stub *stub = to_stub(info);
	void __iomem *core = stub->core;
	u64 now = ktime_get_ns();
	bool masked = false;
	u32 status, bits;

	spin_lock(&stub->lock);
	status = ioread32(core + IRR0);
	bits = status & ioread32(core + IER0);
	/* All ones is what a card that has gone reads like. */
	if (!bits || bits == ~0u) {
		spin_unlock(&stub->lock);
		return IRQ_NONE;
	}
	iowrite32(bits, core + IRR0);
	if (!(ioread32(core + IRR0) & bits)) {
		stub->stuck = 0;
	} else if (++stub->stuck >= storm_limit) {
		dualport_hold_sources(stub);
		stub->stuck = 0;
		masked = true;
	}
	dualport_note(stub, bits, now, masked);
	spin_unlock(&stub->lock);

	if (masked)
		dev_err_ratelimited(&stub->pdev->dev,
				    "interrupt %#x does not clear: masked\n", bits);
	return IRQ_HANDLED;
}

/* write(0): sources off. write(1): those that write(0) or a storm took away, on again. */
static int dualport_irqcontrol(struct uio_info *info, s32 on)
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

static int dualport_open(struct uio_info *info, struct inode *inode)
{
	to_stub(info)->openers++;
	return 0;
}

/*
 * The UIO core calls this at every close. A mapping keeps its file open, so
 * the last one is the end of all access.
 */
static int dualport_release(struct uio_info *info, struct inode *inode)
{
	struct dualport_stub *stub = to_stub(info);

	if (--stub->openers == 0)
		dualport_silence(stub);
	return 0;
}

/*
 * The UIO core, which has checked map number and length, would let user space
 * map the events page writable.
 */
static int dualport_mmap(struct uio_info *info, struct vm_area_struct *vma)
{
	struct uio_mem *mem = &info->mem[vma->vm_pgoff];

	if (vma->vm_pgoff == MAP_EVENTS) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
#ifdef DUALPORT_VM_FLAGS_CLEAR
		vm_flags_clear(vma, VM_MAYWRITE);
#else
		vma->vm_flags &= ~VM_MAYWRITE;
#endif
		/* Takes a reference: a reader may keep the page longer than the card. */
		return vm_insert_page(vma, vma->vm_start, virt_to_page(to_stub(info)->events));
	}
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start, mem->addr >> PAGE_SHIFT,
				  vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static void dualport_window(struct dualport_stub *stub, int index, const char *name,
			    resource_size_t offset, resource_size_t size)
{
	struct uio_mem *mem = &stub->info.mem[index];

	mem->name = name;
	mem->addr = pci_resource_start(stub->pdev, core_bar) + offset;
	mem->size = size;
	mem->memtype = UIO_MEM_PHYS;
}

static void dualport_describe(struct dualport_stub *stub)
{
	struct uio_info *info = &stub->info;

	info->name = UIO_NAME;
	info->version = DRIVER_VERSION;
	info->irq = stub->pdev->irq;
	info->irq_flags = IRQF_SHARED;
	info->handler = dualport_handle;
	info->irqcontrol = dualport_irqcontrol;
	info->open = dualport_open;
	info->release = dualport_release;
	info->mmap = dualport_mmap;
	dualport_window(stub, MAP_REGISTERS, "registers", 0, PAGE_SIZE);
	dualport_window(stub, MAP_TX, "tx", TX_OFFSET, TX_SIZE);
	dualport_window(stub, MAP_RX, "rx", RX_OFFSET, RX_SIZE);
	/* Physical: sysfs shows it to everybody, and a kernel pointer tells too much. */
	info->mem[MAP_EVENTS].name = "events";
	info->mem[MAP_EVENTS].addr = virt_to_phys(stub->events);
	info->mem[MAP_EVENTS].size = PAGE_SIZE;
	info->mem[MAP_EVENTS].memtype = UIO_MEM_PHYS;
}

static int dualport_map_core(struct dualport_stub *stub)
{
	struct pci_dev *pdev = stub->pdev;
	u32 id;

	if (core_bar < 0 || core_bar >= PCI_STD_NUM_BARS ||
	    !(pci_resource_flags(pdev, core_bar) & IORESOURCE_MEM) ||
	    pci_resource_len(pdev, core_bar) < CORE_SIZE)
		return dev_err_probe(&pdev->dev, -ENODEV,
				     "BAR %d does not hold 64 KiB\n", core_bar);
	stub->core = pci_iomap(pdev, core_bar, CORE_SIZE);
	if (!stub->core)
		return -ENOMEM;
	id = ioread32(stub->core + IDR);
	if (IDR_IDENT(id) == IDENT_SERCON)
		return 0;
	pci_iounmap(pdev, stub->core);
	return dev_err_probe(&pdev->dev, -ENODEV,
			     "identification %#010x is not a SERCON's\n", id);
}

static int dualport_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct dualport_stub *stub = devm_kzalloc(&pdev->dev, sizeof(*stub), GFP_KERNEL);
	int err;

	if (!stub)
		return -ENOMEM;
	stub->pdev = pdev;
	spin_lock_init(&stub->lock);

	stub->events = (void *)devm_get_free_pages(&pdev->dev, GFP_KERNEL | __GFP_ZERO, 0);
	if (!stub->events)
		return -ENOMEM;
	stub->events->magic = cpu_to_le32(EVENTS_MAGIC);
	stub->events->version = cpu_to_le32(EVENTS_VERSION);

	err = pci_enable_device(pdev);
	if (err)
		return err;
	if (!pdev->irq) {
		err = dev_err_probe(&pdev->dev, -ENODEV, "no interrupt line\n");
		goto disable;
	}
	err = pci_request_regions(pdev, DRIVER_NAME);
	if (err)
		goto disable;
	err = dualport_map_core(stub);
	if (err)
		goto release_regions;

	dualport_silence(stub);	/* whoever used the card before */
	dualport_describe(stub);
	pci_set_drvdata(pdev, stub);
	err = uio_register_device(&pdev->dev, &stub->info);
	if (err)
		goto unmap;
	return 0;

unmap:
	pci_iounmap(pdev, stub->core);
release_regions:
	pci_release_regions(pdev);
disable:
	pci_disable_device(pdev);
	return err;
}

/*
 * The UIO core calls release no more once the device is unregistered: users
 * that are still there lose the card here.
 */
static void dualport_remove(struct pci_dev *pdev)
{
	struct dualport_stub *stub = pci_get_drvdata(pdev);

	dualport_silence(stub);	/* the line is low before the handler goes */
	uio_unregister_device(&stub->info);
	dualport_silence(stub);	/* what a user still did until then */
	pci_iounmap(pdev, stub->core);
	pci_release_regions(pdev);
	pci_disable_device(pdev);
}

static void dualport_shutdown(struct pci_dev *pdev)
{
	dualport_silence(pci_get_drvdata(pdev));
}

static const struct pci_device_id dualport_ids[] = {
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_PLX, PCI_DEVICE_ID_PLX_9030, 0x1971, 0x3530) },
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_PLX, PCI_DEVICE_ID_PLX_9030, 0x1971, 0x3535) },
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_PLX, PCI_DEVICE_ID_PLX_9030, 0x1971, 0x3780) },
	{ }
};
MODULE_DEVICE_TABLE(pci, dualport_ids);

static struct pci_driver dualport_driver = {
	.name = DRIVER_NAME,
	.id_table = dualport_ids,
	.probe = dualport_probe,
	.remove = dualport_remove,
	.shutdown = dualport_shutdown,
};

module_pci_driver(dualport_driver);

MODULE_DESCRIPTION("UIO stub for SERCON100M SERCOS III master cards");
MODULE_AUTHOR("The dualport authors");
MODULE_VERSION(DRIVER_VERSION);
MODULE_LICENSE("GPL");
