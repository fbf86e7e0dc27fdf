// SPDX-License-Identifier: GPL-2.0-only
/*
 * pole-pwm: PWM chips with nothing behind them, for tests.
 *
 * modprobe pole-pwm names=fe20c000.pwm channels=4
 *   /sys/class/pwm/pwmchipN/device -> .../fe20c000.pwm; what was applied: /sys/kernel/debug/pwm
 * /sys/module/pole_pwm/parameters/
 *   fail       errno (5 = EIO) that every apply returns from now on, 0: none
 *   min_period shortest period in ns that is accepted (EINVAL below it), 0: any
 *   applied, refused   (read only) how many applies were taken, how many were refused by "fail"
 */
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pwm.h>

#define MAX_CHIPS 4

static char *names[MAX_CHIPS] = { "fe20c000.pwm" };
static int nr_chips = 1;
module_param_array(names, charp, &nr_chips, 0444);
MODULE_PARM_DESC(names, "device names, one chip each");

static unsigned int channels = 4;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "channels of each chip");

static unsigned int fail, min_period, applied, refused;
module_param(fail, uint, 0644);
module_param(min_period, uint, 0644);
module_param(applied, uint, 0444);
module_param(refused, uint, 0444);

static struct pole_pwm {
	struct platform_device *pdev;
	struct pwm_chip chip;
	bool added;
} chips[MAX_CHIPS];

/* The core keeps the state of a channel once this has returned 0, and the old one otherwise. */
static int pole_pwm_apply(struct pwm_chip *chip, struct pwm_device *pwm,
			  const struct pwm_state *state)
{
	unsigned int err = READ_ONCE(fail);

	if (err) {
		refused++;
		return -(int)min(err, (unsigned int)MAX_ERRNO);
	}
	if (state->period < min_period)
		return -EINVAL;
	applied++;
	dev_dbg(chip->dev, "pwm%u: period %llu duty %llu enabled %d polarity %d\n", pwm->hwpwm,
		state->period, state->duty_cycle, state->enabled, state->polarity);
	return 0;
}

static const struct pwm_ops pole_pwm_ops = {
	.apply = pole_pwm_apply,
	.owner = THIS_MODULE,
};

static void pole_pwm_exit(void)
{
	int i;

	for (i = 0; i < MAX_CHIPS; i++) {
		if (chips[i].added)
			pwmchip_remove(&chips[i].chip);
		if (chips[i].pdev)
			platform_device_unregister(chips[i].pdev);
	}
}

static int __init pole_pwm_init(void)
{
	int i, ret;

	for (i = 0; i < nr_chips; i++) {
		struct pole_pwm *p = &chips[i];
		struct platform_device *pdev;

		pdev = platform_device_register_simple(names[i], PLATFORM_DEVID_NONE, NULL, 0);
		if (IS_ERR(pdev)) {
			ret = PTR_ERR(pdev);
			goto undo;
		}
		p->pdev = pdev;
		p->chip.dev = &pdev->dev;
		p->chip.ops = &pole_pwm_ops;
		p->chip.npwm = channels;
		ret = pwmchip_add(&p->chip);
		if (ret)
			goto undo;
		p->added = true;
	}
	return 0;
undo:
	pole_pwm_exit();
	return ret;
}

module_init(pole_pwm_init);
module_exit(pole_pwm_exit);
MODULE_DESCRIPTION("simulated PWM chips for tests");
MODULE_LICENSE("GPL");
