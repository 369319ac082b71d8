// SPDX-License-Identifier: GPL-2.0-only
/*
 * UIO stub for the SERCOS III master card: a SERCON100M core behind a PLX 9030.
 *
 * Unlike the mainline driver for this card, the handler acknowledges the chip
 * itself and leaves the sources enabled, so that the cyclic task needs no
 * system call but its wait. What was acknowledged is not lost: the read-only
 * map "events" tells count, time and bits of the last 64 interrupts.
 *
 * When the last user goes, by whatever death, the chip is put into a silent,
 * safe state: nothing is sent, no timer runs, no interrupt is raised, and the
 * card reaches no memory.
 */

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "dualport_uio.h"

#define DRIVER_NAME	"dualport_uio"
#define UIO_NAME	"dualport_sercos3"
#define DRIVER_VERSION	"0.1.0"

#define IDR_IDENT(id)	((id) >> 16)
#define IDENT_SERCON	0x88cd

static int core_bar = 4;
module_param(core_bar, int, 0444);
MODULE_PARM_DESC(core_bar, "BAR that holds the core's 64 KiB (default 4)");

/* Off again only when the writes that the card had begun have arrived: reads wait for them. */
static void dualport_stop_bus_master(struct dualport_stub *stub)
{
	if (!stub->bus_master)
		return;
	pci_clear_master(stub->pdev);
	ioread32(stub->core + IDR);
}

/* One device node only: its inode is how mappings are found at remove. */
static int dualport_open(struct uio_info *info, struct inode *inode)
{
	struct dualport_stub *stub = to_stub(info);

	if (stub->openers && stub->inode != inode)
		return -EBUSY;
	if (!stub->openers++) {
		ihold(inode);
		stub->inode = inode;
		dualport_clear_dma(stub);
		if (stub->bus_master)
			pci_set_master(stub->pdev);
	}
	return 0;
}

/*
 * The UIO core calls this at every close. A mapping keeps its file open, so
 * the last one is the end of all access.
 */
static int dualport_release(struct uio_info *info, struct inode *inode)
{
	struct dualport_stub *stub = to_stub(info);

	if (--stub->openers)
		return 0;
	dualport_silence(stub);
	dualport_stop_bus_master(stub);
	stub->inode = NULL;
	iput(inode);
	return 0;
}

static ssize_t dma_address_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dualport_stub *stub = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%pad\n", &stub->dma_address);
}
static DEVICE_ATTR_RO(dma_address);

static struct attribute *dualport_attrs[] = {
	&dev_attr_dma_address.attr,
	NULL
};

static umode_t dualport_is_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	struct dualport_stub *stub = dev_get_drvdata(kobj_to_dev(kobj));

	return stub->dma ? attr->mode : 0;
}

static const struct attribute_group dualport_group = {
	.attrs = dualport_attrs,
	.is_visible = dualport_is_visible,
};
__ATTRIBUTE_GROUPS(dualport);

static int dualport_check_bar(struct pci_dev *pdev)
{
	if (core_bar >= 0 && core_bar < PCI_STD_NUM_BARS &&
	    pci_resource_flags(pdev, core_bar) & IORESOURCE_MEM &&
	    pci_resource_len(pdev, core_bar) >= CORE_SIZE)
		return 0;
	return dev_err_probe(&pdev->dev, -ENODEV, "BAR %d does not hold 64 KiB\n", core_bar);
}

static int dualport_map_core(struct dualport_stub *stub)
{
	struct pci_dev *pdev = stub->pdev;
	u32 id;

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

/* A message of its own where the card has one, else the line that it may share. */
static int dualport_alloc_irq(struct dualport_stub *stub)
{
	struct pci_dev *pdev = stub->pdev;
	int err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES);

	if (err < 0)
		return dev_err_probe(&pdev->dev, err, "no interrupt\n");
	stub->edge = pdev->msi_enabled || pdev->msix_enabled;
	stub->info.irq = pci_irq_vector(pdev, 0);
	stub->info.irq_flags = stub->edge ? 0 : IRQF_SHARED;
	return 0;
}

static int dualport_register(struct dualport_stub *stub)
{
	struct pci_dev *pdev = stub->pdev;
	struct uio_info *info = &stub->info;
	int err;

	info->name = UIO_NAME;
	info->version = DRIVER_VERSION;
	info->handler = dualport_handle;
	info->irqcontrol = dualport_irqcontrol;
	info->open = dualport_open;
	info->release = dualport_release;
	dualport_describe_maps(stub, pci_resource_start(pdev, core_bar));
	pci_set_drvdata(pdev, stub);
	err = dualport_offer_maps(stub);
	if (err)
		return err;
	err = uio_register_device(&pdev->dev, info);
	if (err)
		dualport_withdraw_maps(stub);
	return err;
}

static int dualport_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct dualport_stub *stub = devm_kzalloc(&pdev->dev, sizeof(*stub), GFP_KERNEL);
	int err;

	if (!stub)
		return -ENOMEM;
	stub->pdev = pdev;
	spin_lock_init(&stub->lock);
	err = dualport_check_bar(pdev);
	if (err)
		return err;
	err = dualport_alloc_events(stub);
	if (err)
		return err;
	pci_clear_master(pdev);	/* firmware or another driver may have left it on */
	err = dualport_alloc_dma(stub);
	if (err)
		return err;

	err = pci_enable_device(pdev);
	if (err)
		return err;
	/* The other BARs are not ours: who may, maps them through sysfs. */
	err = pci_request_region(pdev, core_bar, DRIVER_NAME);
	if (err)
		goto disable;
	err = dualport_map_core(stub);
	if (err)
		goto release_region;
	dualport_silence(stub);	/* whoever used the card before */
	err = dualport_alloc_irq(stub);
	if (err)
		goto unmap;
	stub->bus_master = stub->edge || stub->dma;
	err = dualport_register(stub);
	if (err)
		goto free_irq;
	return 0;

free_irq:
	pci_free_irq_vectors(pdev);
unmap:
	pci_iounmap(pdev, stub->core);
release_region:
	pci_release_region(pdev, core_bar);
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
	dualport_withdraw_maps(stub);
	dualport_silence(stub);	/* what a user still did until then */
	dualport_stop_bus_master(stub);
	if (stub->inode)
		iput(stub->inode);
	pci_free_irq_vectors(pdev);
	pci_iounmap(pdev, stub->core);
	pci_release_region(pdev, core_bar);
	pci_disable_device(pdev);
}

static void dualport_shutdown(struct pci_dev *pdev)
{
	struct dualport_stub *stub = pci_get_drvdata(pdev);

	dualport_silence(stub);
	dualport_stop_bus_master(stub);
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
	.dev_groups = dualport_groups,
};

static int __init dualport_init(void)
{
	return pci_register_driver(&dualport_driver);
}
module_init(dualport_init);

static void __exit dualport_exit(void)
{
	pci_unregister_driver(&dualport_driver);
	dualport_free_bindings();
}
module_exit(dualport_exit);

MODULE_DESCRIPTION("UIO stub for SERCON100M SERCOS III master cards");
MODULE_AUTHOR("The dualport authors");
MODULE_VERSION(DRIVER_VERSION);
MODULE_LICENSE("GPL");
