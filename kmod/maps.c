// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user space maps. Pages enter a mapping when it is first touched, all of
 * them at once, and leave it when the stub unbinds, whoever still has it: from
 * then on it shows a page of ones, as a card reads that has gone. So a process
 * that was late reaches neither freed memory nor the card's next owner, and it
 * is not killed. What it still writes, only those see who had the same card
 * open as it went. Entering the pages within mmap(), as dma_mmap_coherent() does,
 * would not do: a mapping that is being made while the stub unbinds is not yet
 * listed with its file, and would keep them.
 */

#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "dualport_uio.h"

static unsigned int dma_bytes;
module_param(dma_bytes, uint, 0444);
MODULE_PARM_DESC(dma_bytes, "Memory per card that the card reaches by DMA (default 0: none)");

/* What the maps that nobody may write show when their card has gone. */
static const u8 gone[PAGE_SIZE] __aligned(PAGE_SIZE) = { [0 ... PAGE_SIZE - 1] = 0xff };

/*
 * What mappings know of a stub. It outlives the stub if they do, and then lives
 * as long as the module, which a mapping's open file keeps.
 */
struct dualport_binding {
	struct list_head listed;
	unsigned long id;		/* never given twice */
	struct dualport_stub *stub;	/* NULL: it has gone */
	u8 *ones;			/* what the writable maps show then */
};

/* Faults and withdrawal exclude each other. */
static DEFINE_MUTEX(bindings_lock);
static LIST_HEAD(bindings);
static unsigned long last_id;

#ifndef DUALPORT_VM_FLAGS_FUNCTIONS
static void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static void vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

static struct dualport_binding *dualport_find(unsigned long id)
{
	struct dualport_binding *binding;

	list_for_each_entry(binding, &bindings, listed)
		if (binding->id == id)
			return binding;
	return NULL;
}

/*
 * A mapping names binding and map by number. The map cannot be told from
 * vm_pgoff, which grows when a mapping loses its first pages.
 */
static void *dualport_name_map(const struct dualport_stub *stub, unsigned long map)
{
	return (void *)(stub->binding->id * MAX_UIO_MAPS + map);
}

static unsigned long dualport_pfn(const struct dualport_binding *binding, unsigned long map,
				  unsigned long page)
{
	const struct dualport_stub *stub = binding->stub;

	if (!stub && map == MAP_EVENTS)
		return vmalloc_to_pfn(gone);
	if (!stub)
		return PHYS_PFN(virt_to_phys(binding->ones));
	if (map == MAP_DMA)
		return stub->dma_pfns[page];
	return PHYS_PFN(stub->info.mem[map].addr) + page;
}

static vm_fault_t dualport_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long name = (unsigned long)vma->vm_private_data;
	unsigned long map = name % MAX_UIO_MAPS;
	unsigned long page = vma->vm_pgoff - map;
	vm_fault_t result = VM_FAULT_NOPAGE;
	struct dualport_binding *binding;
	unsigned long address;

	mutex_lock(&bindings_lock);
	binding = dualport_find(name / MAX_UIO_MAPS);
	if (!binding)
		result = VM_FAULT_SIGBUS;	/* never: see dualport_withdraw_maps() */
	for (address = vma->vm_start;
	     address < vma->vm_end && result == VM_FAULT_NOPAGE;
	     address += PAGE_SIZE, page++)
		result = vmf_insert_pfn(vma, address, dualport_pfn(binding, map, page));
	mutex_unlock(&bindings_lock);
	return result;
}

static const struct vm_operations_struct dualport_vm_ops = {
	.fault = dualport_fault,
};

static bool dualport_is_memory(unsigned long map)
{
	return map == MAP_EVENTS || map == MAP_DMA;
}

/*
 * The UIO core has checked map number and length. It would let user space map
 * the events page writable.
 */
#ifdef DUALPORT_MMAP_PREPARE
static int dualport_mmap(struct uio_info *info, struct vm_area_desc *desc)
{
	unsigned long map = desc->pgoff;

	if (vma_desc_is_cow_mapping(desc))
		return -EINVAL;
	if (map == MAP_EVENTS) {
		if (vma_desc_test(desc, VMA_WRITE_BIT))
			return -EACCES;
		vma_desc_clear_flags(desc, VMA_MAYWRITE_BIT);
	}
	if (!dualport_is_memory(map))
		desc->page_prot = pgprot_noncached(desc->page_prot);
	vma_desc_set_flags(desc, VMA_IO_BIT, VMA_PFNMAP_BIT, VMA_DONTEXPAND_BIT, VMA_DONTDUMP_BIT);
	desc->vm_ops = &dualport_vm_ops;
	desc->private_data = dualport_name_map(to_stub(info), map);
	return 0;
}
#else
static int dualport_mmap(struct uio_info *info, struct vm_area_struct *vma)
{
	unsigned long map = vma->vm_pgoff;

	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	if (map == MAP_EVENTS) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	if (!dualport_is_memory(map))
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &dualport_vm_ops;
	vma->vm_private_data = dualport_name_map(to_stub(info), map);
	return 0;
}
#endif

/* The IOMMU may have made one range of bus addresses of scattered pages. */
static int dualport_list_dma_pages(struct dualport_stub *stub, size_t size)
{
	struct device *dev = &stub->pdev->dev;
	struct sg_page_iter iter;
	struct sg_table table;
	unsigned long page = 0;
	int err;

	stub->dma_pfns = devm_kcalloc(dev, size >> PAGE_SHIFT, sizeof(*stub->dma_pfns), GFP_KERNEL);
	if (!stub->dma_pfns)
		return -ENOMEM;
	err = dma_get_sgtable(dev, &table, stub->dma, stub->dma_address, size);
	if (err)
		return err;
	for_each_sgtable_page(&table, &iter, 0)
		stub->dma_pfns[page++] = page_to_pfn(sg_page_iter_page(&iter));
	sg_free_table(&table);
	return 0;
}

static size_t dualport_dma_size(void)
{
	return PAGE_ALIGN((size_t)dma_bytes);
}

/* The memory is freed after remove, when the card is no bus master any more. */
int dualport_alloc_dma(struct dualport_stub *stub)
{
	struct device *dev = &stub->pdev->dev;
	size_t size = dualport_dma_size();
	int err;

	if (!size)
		return 0;
	/* Elsewhere coherent memory may be uncached, and only dma_mmap_coherent() knows. */
	if (!IS_ENABLED(CONFIG_X86))
		return dev_err_probe(dev, -EOPNOTSUPP, "dma_bytes is for x86 only\n");
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (err)
		return err;
	stub->dma = dmam_alloc_coherent(dev, size, &stub->dma_address, GFP_KERNEL);
	if (!stub->dma)
		return dev_err_probe(dev, -ENOMEM, "no %zu bytes for DMA\n", size);
	return dualport_list_dma_pages(stub, size);
}

/* For the next user: neither the last one's bytes nor the card's. */
void dualport_clear_dma(struct dualport_stub *stub)
{
	if (stub->dma)
		memset(stub->dma, 0, dualport_dma_size());
}

static void dualport_describe(struct dualport_stub *stub, int map, const char *name,
			      phys_addr_t addr, resource_size_t size)
{
	struct uio_mem *mem = &stub->info.mem[map];

	mem->name = name;
	mem->addr = addr;
	mem->size = size;
	mem->memtype = UIO_MEM_PHYS;
}

/*
 * sysfs shows the addresses to everybody, and a kernel pointer tells too much:
 * hence physical ones for memory too, and the bus address for that of DMA.
 */
void dualport_describe_maps(struct dualport_stub *stub, resource_size_t core)
{
	struct uio_mem *mem = &stub->info.mem[MAP_DMA];

	dualport_describe(stub, MAP_REGISTERS, "registers", core, PAGE_SIZE);
	dualport_describe(stub, MAP_TX, "tx", core + TX_OFFSET, TX_SIZE);
	dualport_describe(stub, MAP_RX, "rx", core + RX_OFFSET, RX_SIZE);
	dualport_describe(stub, MAP_EVENTS, "events", virt_to_phys(stub->events), PAGE_SIZE);
#ifdef DUALPORT_MMAP_PREPARE
	stub->info.mmap_prepare = dualport_mmap;
#else
	stub->info.mmap = dualport_mmap;
#endif
	if (!stub->dma)
		return;
	dualport_describe(stub, MAP_DMA, "dma", stub->dma_address, dualport_dma_size());
#ifdef UIO_MEM_DMA_COHERENT
	mem->memtype = UIO_MEM_DMA_COHERENT;
	mem->dma_addr = stub->dma_address;
	mem->dma_device = &stub->pdev->dev;
#else
	mem->memtype = UIO_MEM_IOVA;
#endif
}

static void dualport_free_binding(struct dualport_binding *binding)
{
	free_page((unsigned long)binding->ones);
	kfree(binding);
}

/* Before user space can map anything. The page is there from now on, so that remove cannot fail. */
int dualport_offer_maps(struct dualport_stub *stub)
{
	struct dualport_binding *binding = kzalloc(sizeof(*binding), GFP_KERNEL);

	if (!binding)
		return -ENOMEM;
	binding->ones = (u8 *)__get_free_page(GFP_KERNEL);
	if (!binding->ones) {
		kfree(binding);
		return -ENOMEM;
	}
	memset(binding->ones, 0xff, PAGE_SIZE);
	binding->stub = stub;
	stub->binding = binding;
	mutex_lock(&bindings_lock);
	binding->id = ++last_id;
	list_add(&binding->listed, &bindings);
	mutex_unlock(&bindings_lock);
	return 0;
}

/*
 * After the UIO core has let go of the stub: no mapping reaches it from here on,
 * and without an opener there is none.
 */
void dualport_withdraw_maps(struct dualport_stub *stub)
{
	struct dualport_binding *binding = stub->binding;

	mutex_lock(&bindings_lock);
	binding->stub = NULL;
	if (!stub->inode)
		list_del(&binding->listed);
	mutex_unlock(&bindings_lock);
	if (stub->inode)
		unmap_mapping_range(stub->inode->i_mapping, 0, 0, 1);
	else
		dualport_free_binding(binding);
}

/* As the module goes: no file is open any more. */
void dualport_free_bindings(void)
{
	struct dualport_binding *binding, *next;

	list_for_each_entry_safe(binding, next, &bindings, listed)
		dualport_free_binding(binding);
}
