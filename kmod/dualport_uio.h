/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the stub share. main.c binds, events.c has the interrupt, maps.c the memory. */

#ifndef DUALPORT_UIO_H
#define DUALPORT_UIO_H

#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/uio_driver.h>

/* The core's registers, 32 bit, little endian. */
#define IDR		0x000
#define IER0		0x008
#define IRR0		0x018
#define DFCSR		0x020
#define TCSR		0x038
#define WDCSR		0x068

/* Windows of the core that user space needs. */
#define CORE_SIZE	0x10000
#define TX_OFFSET	0x8000
#define TX_SIZE		0x2000
#define RX_OFFSET	0xc000
#define RX_SIZE		0x4000

/* What user space maps, in the order of sysfs; MAP_DMA only with the parameter dma_bytes. */
enum { MAP_REGISTERS, MAP_TX, MAP_RX, MAP_EVENTS, MAP_DMA };

struct dualport_events;
struct dualport_binding;

struct dualport_stub {
	struct uio_info info;
	struct pci_dev *pdev;
	void __iomem *core;
	bool edge;		/* MSI: an interrupt is a message, not a level */
	bool bus_master;	/* while it is open: MSI or DMA memory ask for it */

	/* The UIO core serialises open and release. */
	unsigned int openers;
	struct inode *inode;	/* the device node; held while there are openers */

	/* Handler, irqcontrol and silence share the chip's IER0 and what follows. */
	spinlock_t lock;
	struct dualport_events *events;
	u32 count;		/* interrupts */
	u32 stuck;		/* interrupts in a row that would not clear */
	u32 held;		/* sources that irqcontrol(1) enables again */

	void *dma;		/* NULL: none */
	dma_addr_t dma_address;
	unsigned long *dma_pfns;

	struct dualport_binding *binding;
};

static inline struct dualport_stub *to_stub(struct uio_info *info)
{
	return container_of(info, struct dualport_stub, info);
}

/* events.c */
int dualport_alloc_events(struct dualport_stub *stub);
irqreturn_t dualport_handle(int irq, struct uio_info *info);
int dualport_irqcontrol(struct uio_info *info, s32 on);
void dualport_silence(struct dualport_stub *stub);

/* maps.c */
int dualport_alloc_dma(struct dualport_stub *stub);
void dualport_clear_dma(struct dualport_stub *stub);
void dualport_describe_maps(struct dualport_stub *stub, resource_size_t core);
int dualport_offer_maps(struct dualport_stub *stub);
void dualport_withdraw_maps(struct dualport_stub *stub);
void dualport_free_bindings(void);

#endif
