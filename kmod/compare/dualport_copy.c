// SPDX-License-Identifier: GPL-2.0-only
/*
 * The classical driver, to compare with: the handler acknowledges the card and
 * copies the input image into a kernel buffer, read() copies it on to user
 * space, write() takes the output image from there and copies it to the card.
 * One copy between card and kernel and one between kernel and user space each
 * way, no lock and no access to the card that this does not need.
 *
 * It takes the same cards as dualport_uio. Nobody drives a machine with it: of
 * the card it knows only the interrupt and the places of the two images.
 */

#include <linux/bits.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#define DRIVER_NAME	"dualport_copy"

/* BAR4 holds the SERCON100M core: registers, transmit and receive memory. */
#define CORE_BAR	4
#define CORE_SIZE	0x10000
#define IER0		0x0008
#define IRR0		0x0018
#define TX_OFFSET	0x8000
#define RX_OFFSET	0xc000
#define IMAGE_MAX	0x2000	/* all of the transmit memory */

#define CYCLE_INTERRUPT	BIT(0)

static unsigned int image_bytes = 256;
module_param(image_bytes, uint, 0644);
MODULE_PARM_DESC(image_bytes, "Bytes of the input and of the output image, taken at open (default 256)");

struct copy_card {
	struct miscdevice misc;
	struct pci_dev *pdev;
	void __iomem *core;
	unsigned long in_use;	/* bit 0: open; one user at a time */
	unsigned int bytes;
	unsigned int count;	/* images taken; written by the handler */
	unsigned int seen;	/* of them, read by the user */
	bool gone;		/* the user is asked to close */
	wait_queue_head_t wait;
	/* The handler fills one while read() copies the other. */
	u8 input[2][IMAGE_MAX] __aligned(8);
	u8 output[IMAGE_MAX] __aligned(8);
};

static struct copy_card *to_card(struct file *file)
{
	return container_of(file->private_data, struct copy_card, misc);
}

/* The reads of the image push the acknowledging write through the bridge. */
static irqreturn_t copy_handle(int irq, void *data)
{
	struct copy_card *card = data;
	void __iomem *core = card->core;
	unsigned int count = card->count + 1;
	u32 bits = ioread32(core + IRR0) & ioread32(core + IER0);

	/* All ones is what a card that has gone reads like. */
	if (!bits || bits == ~0u)
		return IRQ_NONE;
	iowrite32(bits, core + IRR0);
	memcpy_fromio(card->input[count & 1], core + RX_OFFSET, card->bytes);
	smp_store_release(&card->count, count);	/* after the image it counts */
	wake_up_interruptible(&card->wait);
	return IRQ_HANDLED;
}

static bool copy_has_news(struct copy_card *card)
{
	return READ_ONCE(card->count) != card->seen;
}

static bool copy_is_gone(struct copy_card *card)
{
	return READ_ONCE(card->gone);
}

/* Blocks for the next image and returns the newest one, whole. */
static ssize_t copy_read(struct file *file, char __user *to, size_t bytes, loff_t *at)
{
	struct copy_card *card = to_card(file);
	unsigned int count;
	int err;

	if (bytes != card->bytes)
		return -EINVAL;
	if (!copy_has_news(card) && !copy_is_gone(card)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(card->wait,
					       copy_has_news(card) || copy_is_gone(card));
		if (err)
			return err;
	}
	if (copy_is_gone(card))
		return -ENODEV;
	do {
		count = smp_load_acquire(&card->count);	/* before the image it counts */
		if (copy_to_user(to, card->input[count & 1], bytes))
			return -EFAULT;
		smp_rmb();	/* the image before the count that says it is whole */
	} while (READ_ONCE(card->count) != count);
	card->seen = count;
	return bytes;
}

static ssize_t copy_write(struct file *file, const char __user *from, size_t bytes, loff_t *at)
{
	struct copy_card *card = to_card(file);

	if (bytes != card->bytes)
		return -EINVAL;
	if (copy_is_gone(card))
		return -ENODEV;
	if (copy_from_user(card->output, from, bytes))
		return -EFAULT;
	memcpy_toio(card->core + TX_OFFSET, card->output, bytes);
	return bytes;
}

static __poll_t copy_poll(struct file *file, poll_table *table)
{
	struct copy_card *card = to_card(file);

	poll_wait(file, &card->wait, table);
	if (copy_is_gone(card))
		return EPOLLERR | EPOLLHUP;
	return copy_has_news(card) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int copy_open(struct inode *inode, struct file *file)
{
	struct copy_card *card = to_card(file);
	unsigned int bytes = READ_ONCE(image_bytes);

	if (!bytes || bytes > IMAGE_MAX || bytes % 4)
		return -EINVAL;
	if (test_and_set_bit(0, &card->in_use))
		return -EBUSY;
	card->bytes = bytes;
	card->seen = card->count;
	iowrite32(CYCLE_INTERRUPT, card->core + IRR0);
	iowrite32(CYCLE_INTERRUPT, card->core + IER0);
	return nonseekable_open(inode, file);
}

/* The handler must not run on when the next user has another image size. */
static void copy_quiet(struct copy_card *card)
{
	iowrite32(0, card->core + IER0);
	ioread32(card->core + IER0);	/* the bridge posts writes: wait until it arrived */
	synchronize_irq(card->pdev->irq);
}

static int copy_release(struct inode *inode, struct file *file)
{
	struct copy_card *card = to_card(file);

	copy_quiet(card);
	clear_and_wake_up_bit(0, &card->in_use);
	return 0;
}

static const struct file_operations copy_operations = {
	.owner = THIS_MODULE,
	.open = copy_open,
	.release = copy_release,
	.read = copy_read,
	.write = copy_write,
	.poll = copy_poll,
};

static int copy_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct copy_card *card = devm_kzalloc(&pdev->dev, sizeof(*card), GFP_KERNEL);
	int err;

	if (!card)
		return -ENOMEM;
	card->pdev = pdev;
	init_waitqueue_head(&card->wait);
	card->misc.minor = MISC_DYNAMIC_MINOR;
	card->misc.name = DRIVER_NAME;
	card->misc.fops = &copy_operations;
	card->misc.parent = &pdev->dev;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = pcim_iomap_regions(pdev, BIT(CORE_BAR), DRIVER_NAME);
	if (err)
		return err;
	if (pci_resource_len(pdev, CORE_BAR) < CORE_SIZE)
		return -ENODEV;
	card->core = pcim_iomap_table(pdev)[CORE_BAR];
	iowrite32(0, card->core + IER0);	/* whoever used the card before */
	err = devm_request_irq(&pdev->dev, pdev->irq, copy_handle, IRQF_SHARED, DRIVER_NAME, card);
	if (err)
		return err;
	pci_set_drvdata(pdev, card);
	return misc_register(&card->misc);
}

/* Waits for the user to close, and says that it should: what it uses goes with the card. */
static void copy_remove(struct pci_dev *pdev)
{
	struct copy_card *card = pci_get_drvdata(pdev);

	misc_deregister(&card->misc);
	WRITE_ONCE(card->gone, true);
	wake_up_interruptible(&card->wait);
	wait_on_bit(&card->in_use, 0, TASK_UNINTERRUPTIBLE);
}

static const struct pci_device_id copy_ids[] = {
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_PLX, PCI_DEVICE_ID_PLX_9030, 0x1971, 0x3530) },
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_PLX, PCI_DEVICE_ID_PLX_9030, 0x1971, 0x3535) },
	{ PCI_DEVICE_SUB(PCI_VENDOR_ID_PLX, PCI_DEVICE_ID_PLX_9030, 0x1971, 0x3780) },
	{ }
};

static struct pci_driver copy_driver = {
	.name = DRIVER_NAME,
	.id_table = copy_ids,
	.probe = copy_probe,
	.remove = copy_remove,
};

module_pci_driver(copy_driver);

MODULE_DESCRIPTION("Copying driver for SERCON100M cards, to compare dualport_uio with");
MODULE_AUTHOR("The dualport authors");
MODULE_LICENSE("GPL");
