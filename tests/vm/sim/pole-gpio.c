// SPDX-License-Identifier: GPL-2.0-only
/*
 * pole-gpio: a GPIO chip with nothing behind it, for tests; edges interrupt as on a real one.
 *
 * modprobe pole-gpio label=pinctrl-bcm2711 lines=54 device=fe200000.gpio
 * /sys/kernel/debug/pole-gpio/
 *   level/17   read: the line as it is now. Write 0 or 1: what is wired to the line drives it so
 *              (seen while the line is an input)
 *   dir/17     1: the line is an input (as at start), 0: an output
 *   fail       errno (5 = EIO) that setting a direction and reading a line return, 0: none
 * Debian's kernels have no GPIO simulator of their own (CONFIG_GPIO_SIM is off).
 */
#include <linux/debugfs.h>
#include <linux/gpio/driver.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#define MAX_LINES 64

static unsigned int lines = 54;
static char *label = "pinctrl-bcm2711", *device = "fe200000.gpio";
module_param(lines, uint, 0444);
module_param(label, charp, 0444);
module_param(device, charp, 0444);

static struct platform_device *pdev;
static struct dentry *dir;
static u32 fail;
static DEFINE_RAW_SPINLOCK(lock);
static struct line {
	bool output, out, in, masked;
	unsigned int edges;	/* IRQ_TYPE_EDGE_* asked for */
} line[MAX_LINES];
static char name_buf[MAX_LINES][8];
static const char *names[MAX_LINES];

static bool level(unsigned int n)
{
	return line[n].output ? line[n].out : line[n].in;
}

static int pole_gpio_get_direction(struct gpio_chip *gc, unsigned int n)
{
	return line[n].output ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int pole_gpio_input(struct gpio_chip *gc, unsigned int n)
{
	if (fail)
		return -(int)min_t(u32, fail, MAX_ERRNO);
	line[n].output = false;
	return 0;
}

static void pole_gpio_set(struct gpio_chip *gc, unsigned int n, int value)
{
	line[n].out = value;
}

static int pole_gpio_output(struct gpio_chip *gc, unsigned int n, int value)
{
	if (fail)
		return -(int)min_t(u32, fail, MAX_ERRNO);
	line[n].out = value;
	line[n].output = true;
	return 0;
}

static int pole_gpio_get(struct gpio_chip *gc, unsigned int n)
{
	return fail ? -(int)min_t(u32, fail, MAX_ERRNO) : level(n);
}

/* pull-up, pull-down, open drain: accepted; here the wire decides */
static int pole_gpio_config(struct gpio_chip *gc, unsigned int n, unsigned long config)
{
	return 0;
}

static struct gpio_chip chip = {
	.owner = THIS_MODULE,
	.base = -1,
	.get_direction = pole_gpio_get_direction,
	.direction_input = pole_gpio_input,
	.direction_output = pole_gpio_output,
	.get = pole_gpio_get,
	.set = pole_gpio_set,
	.set_config = pole_gpio_config,
};

static void pole_gpio_irq_mask(struct irq_data *d)
{
	line[irqd_to_hwirq(d)].masked = true;
	gpiochip_disable_irq(&chip, irqd_to_hwirq(d));
}

static void pole_gpio_irq_unmask(struct irq_data *d)
{
	gpiochip_enable_irq(&chip, irqd_to_hwirq(d));
	line[irqd_to_hwirq(d)].masked = false;
}

static int pole_gpio_irq_type(struct irq_data *d, unsigned int type)
{
	if (type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;
	line[irqd_to_hwirq(d)].edges = type;
	return 0;
}

static const struct irq_chip pole_gpio_irq_chip = {
	.name = "pole-gpio",
	.irq_mask = pole_gpio_irq_mask,
	.irq_unmask = pole_gpio_irq_unmask,
	.irq_set_type = pole_gpio_irq_type,
	.flags = IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

static int level_get(void *p, u64 *val)
{
	*val = level((struct line *)p - line);
	return 0;
}

static int level_set(void *p, u64 val)
{
	struct line *l = p;
	unsigned long flags;
	bool edge;

	raw_spin_lock_irqsave(&lock, flags);
	edge = !l->output && l->in != !!val && !l->masked &&
	       l->edges & (val ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_EDGE_FALLING);
	l->in = !!val;
	raw_spin_unlock_irqrestore(&lock, flags);
	if (edge)
		generic_handle_domain_irq_safe(chip.irq.domain, l - line);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(level_fops, level_get, level_set, "%llu\n");

static int dir_get(void *p, u64 *val)
{
	*val = !((struct line *)p)->output;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(dir_fops, dir_get, NULL, "%llu\n");

static int __init pole_gpio_init(void)
{
	struct dentry *dl, *dd;
	unsigned int i;
	int ret;

	if (!lines || lines > MAX_LINES)
		return -EINVAL;
	pdev = platform_device_register_simple(device, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	for (i = 0; i < lines; i++) {
		snprintf(name_buf[i], sizeof(name_buf[i]), "GPIO%u", i);
		names[i] = name_buf[i];
		line[i].masked = true;
	}
	chip.parent = &pdev->dev;
	chip.label = label;
	chip.ngpio = lines;
	chip.names = names;
	gpio_irq_chip_set_chip(&chip.irq, &pole_gpio_irq_chip);
	chip.irq.handler = handle_simple_irq;
	chip.irq.default_type = IRQ_TYPE_NONE;
	ret = gpiochip_add_data(&chip, NULL);
	if (ret) {
		platform_device_unregister(pdev);
		return ret;
	}
	dir = debugfs_create_dir("pole-gpio", NULL);
	dl = debugfs_create_dir("level", dir);
	dd = debugfs_create_dir("dir", dir);
	debugfs_create_u32("fail", 0600, dir, &fail);
	for (i = 0; i < lines; i++) {
		debugfs_create_file_unsafe(names[i] + 4, 0600, dl, &line[i], &level_fops);
		debugfs_create_file_unsafe(names[i] + 4, 0400, dd, &line[i], &dir_fops);
	}
	return 0;
}

static void __exit pole_gpio_exit(void)
{
	debugfs_remove_recursive(dir);
	gpiochip_remove(&chip);
	platform_device_unregister(pdev);
}

module_init(pole_gpio_init);
module_exit(pole_gpio_exit);
MODULE_DESCRIPTION("simulated GPIO chip for tests");
MODULE_LICENSE("GPL");
