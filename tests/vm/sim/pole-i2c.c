// SPDX-License-Identifier: GPL-2.0-only
/*
 * pole-i2c: an I2C bus with simple chips on it, for tests. Plain I2C (I2C_RDWR) and, through the
 * core's emulation, every SMBus call; the errno are those of the Raspberry Pi's i2c-bcm2835.
 *
 * modprobe pole-i2c nr=1 addr=0x23,0x40,0x76 stride=0,2,1
 * stride: bytes in one register. 1: byte registers, the pointer runs on (BME280). 2: a word each
 *   (INA226, big endian as on the wire). 0: a command chip, a read gives mem from its start
 *   whatever was written before (BH1750).
 * /sys/kernel/debug/pole-i2c/
 *   hang        1: every transfer waits hang_ms and returns ETIMEDOUT
 *   hang_ms     1000 (the Pi's adapter timeout)
 *   transfers   counter, of all transfers tried
 *   0x40/mem    the bytes (512), read and write at any offset: register r is at r * stride
 *   0x40/err    errno this chip's transfers return; 121 (EREMOTEIO) is a NACK. 0: none
 *   0x40/err_n  only the next n transfers fail; 0 (the default): all do while err is set
 *   0x40/ptr    register or command byte written last
 *   0x40/writes counter of transfers that wrote something to this chip
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#define MAX_CHIPS 16
#define MEM_SIZE 512

static int nr = 1, nr_addr, nr_stride;
static ushort addr[MAX_CHIPS], stride[MAX_CHIPS];
static char *name = "pole-i2c";
module_param(nr, int, 0444);
MODULE_PARM_DESC(nr, "number of the bus: /dev/i2c-NR");
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "name of the adapter");
module_param_array(addr, ushort, &nr_addr, 0444);
module_param_array(stride, ushort, &nr_stride, 0444);

static struct pole_i2c_chip {
	u8 mem[MEM_SIZE];
	u32 err, err_n, ptr, writes;
} chips[MAX_CHIPS];
static u32 hang, hang_ms = 1000, transfers;
static struct dentry *dir;
static struct platform_device *pdev;

static int pole_i2c_find(u16 a)
{
	int i;

	for (i = 0; i < nr_addr; i++)
		if (addr[i] == a)
			return i;
	return -1;
}

/* The core calls this with the bus locked: one transfer at a time. */
static int pole_i2c_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	int i, j, n, off;

	transfers++;
	for (i = 0; i < num - 1; i++)
		if (msgs[i].flags & I2C_M_RD)
			return -EOPNOTSUPP;	/* as on the Pi: one read, and it is the last */
	if (READ_ONCE(hang)) {
		msleep(hang_ms);
		return -ETIMEDOUT;
	}
	for (i = 0; i < num; i++) {
		struct i2c_msg *m = &msgs[i];
		struct pole_i2c_chip *c;

		n = pole_i2c_find(m->addr);
		if (n < 0)
			return -EREMOTEIO;	/* nobody acknowledged the address */
		c = &chips[n];
		if (c->err) {
			int err = min_t(u32, c->err, MAX_ERRNO);

			if (c->err_n && !--c->err_n)
				c->err = 0;
			return -err;
		}
		off = c->ptr * stride[n];
		if (m->flags & I2C_M_RD) {
			for (j = 0; j < m->len; j++)
				m->buf[j] = c->mem[(off + j) % MEM_SIZE];
			if (stride[n] == 1)	/* the pointer runs on, for a read that follows */
				c->ptr = (u8)(c->ptr + m->len);
		} else if (m->len) {
			c->writes++;
			c->ptr = m->buf[0];
			off = c->ptr * stride[n];
			for (j = 1; j < m->len && stride[n]; j++)
				c->mem[(off + j - 1) % MEM_SIZE] = m->buf[j];
		}
	}
	return num;
}

static u32 pole_i2c_func(struct i2c_adapter *adap)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm pole_i2c_algo = {
	.master_xfer = pole_i2c_xfer,
	.functionality = pole_i2c_func,
};

static struct i2c_adapter adapter = {
	.owner = THIS_MODULE,
	.algo = &pole_i2c_algo,
};

static ssize_t mem_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct pole_i2c_chip *c = f->private_data;
	ssize_t ret;

	i2c_lock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	ret = simple_read_from_buffer(buf, n, pos, c->mem, MEM_SIZE);
	i2c_unlock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	return ret;
}

/* one write() is one change: no transfer sees half of it */
static ssize_t mem_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	struct pole_i2c_chip *c = f->private_data;
	ssize_t ret;

	i2c_lock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	ret = simple_write_to_buffer(c->mem, MEM_SIZE, pos, buf, n);
	i2c_unlock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	return ret;
}

static const struct file_operations mem_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = mem_read,
	.write = mem_write,
	.llseek = default_llseek,
};

static int __init pole_i2c_init(void)
{
	int i, ret;

	pdev = platform_device_register_simple("pole-i2c", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	for (i = nr_stride; i < nr_addr; i++)
		stride[i] = 1;
	adapter.nr = nr;
	adapter.dev.parent = &pdev->dev;
	strscpy(adapter.name, name, sizeof(adapter.name));
	ret = i2c_add_numbered_adapter(&adapter);
	if (ret) {
		platform_device_unregister(pdev);
		return ret;
	}
	dir = debugfs_create_dir("pole-i2c", NULL);
	debugfs_create_u32("hang", 0600, dir, &hang);
	debugfs_create_u32("hang_ms", 0600, dir, &hang_ms);
	debugfs_create_u32("transfers", 0600, dir, &transfers);
	for (i = 0; i < nr_addr; i++) {
		char sub[8];
		struct dentry *d;

		snprintf(sub, sizeof(sub), "0x%02x", addr[i]);
		d = debugfs_create_dir(sub, dir);
		debugfs_create_file("mem", 0600, d, &chips[i], &mem_fops);
		debugfs_create_u32("err", 0600, d, &chips[i].err);
		debugfs_create_u32("err_n", 0600, d, &chips[i].err_n);
		debugfs_create_u32("ptr", 0600, d, &chips[i].ptr);
		debugfs_create_u32("writes", 0600, d, &chips[i].writes);
	}
	return 0;
}

static void __exit pole_i2c_exit(void)
{
	debugfs_remove_recursive(dir);
	i2c_del_adapter(&adapter);
	platform_device_unregister(pdev);
}

module_init(pole_i2c_init);
module_exit(pole_i2c_exit);
MODULE_DESCRIPTION("simulated I2C bus for tests");
MODULE_LICENSE("GPL");
