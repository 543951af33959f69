/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-4xx: what a container may use up, and what is noticed of it. */
#include "compose/check_private.h"
#include "compose/official.h"
#include "base/banned.h"

/* Where deploy.resources.limits stands, the older attributes must agree with it: so the limit goes there. */
static void add_limit(check *c, struct stk_finding *f, service *s, const char *what, const char *old, const char *key,
		      struct stk_yaml_value old_value, struct stk_yaml_value value)
{
	const node *limits = stk_compose_path(s->node, "deploy.resources.limits");
	if (limits)
		stk_compose_fix_add_to(c, f, false, what, limits, key, &value);
	else
		stk_compose_fix_add(c, f, false, what, s, old, &old_value);
}

/* The number is a proposal: with --harden only, as too little of it ends the program. */
static void check_memory(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		if (stk_compose_get(s->node, "mem_limit") ||
		    stk_compose_path(s->node, "deploy.resources.limits.memory"))
			continue;
		struct stk_finding *f = stk_compose_find(
			c, rule, s, s->place, "service \"" STK_FMT "\" has no memory limit", STK_ARG(s->name));
		if (stk_compose_hardens(c, s))
			add_limit(c, f, s, "limit its memory", "mem_limit", "memory", STK_YAML_TEXT(S("512m")),
				  STK_YAML_TEXT(S("512m")));
	}
}

/* Shares and sets limit as well, if less plainly. */
static void check_cpus(const struct stk_rule *rule, void *context)
{
	static const char *const keys[] = { "cpus", "cpu_quota", "cpuset", "cpu_shares" };
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		bool limited = stk_compose_path(s->node, "deploy.resources.limits.cpus");
		for (size_t i = 0; i < STK_LEN(keys); i++)
			limited |= stk_compose_get(s->node, keys[i]) != NULL;
		if (limited)
			continue;
		struct stk_finding *f = stk_compose_find(c, rule, s, s->place,
							 "service \"" STK_FMT "\" has no CPU limit", STK_ARG(s->name));
		if (stk_compose_hardens(c, s))
			add_limit(c, f, s, "limit its processors", "cpus", "cpus", STK_YAML_LITERAL_TEXT(S("1.0")),
				  STK_YAML_TEXT(S("1.0")));
	}
}

/* 0 and -1 mean no limit. */
static void check_pids(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *old = stk_compose_get(s->node, "pids_limit"),
			   *limit = stk_compose_path(s->node, "deploy.resources.limits.pids");
		if ((old && old->integer > 0) || (limit && limit->integer > 0))
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "pids_limit"),
					 "service \"" STK_FMT "\" may start any number of processes", STK_ARG(s->name));
		if (old)
			stk_compose_fix_replace(c, f, false, "limit its processes", old, S("512"), true);
		else
			add_limit(c, f, s, "limit its processes", "pids_limit", "pids", STK_YAML_LITERAL_TEXT(S("512")),
				  STK_YAML_LITERAL_TEXT(S("512")));
	}
}

static bool is_unlimited(const node *limit)
{
	const node *soft = stk_compose_get(limit, "soft"), *hard = stk_compose_get(limit, "hard");
	return (limit && limit->type == STK_COMPOSE_INT && limit->integer < 0) || (soft && soft->integer < 0) ||
	       (hard && hard->integer < 0);
}

/* Puts a number in the place of every -1 of a limit; the hard one is no smaller than the soft one. */
static void limit_number(check *c, struct stk_finding *f, const node *limit, struct stk_str number)
{
	static const char *const keys[] = { "soft", "hard" };
	uint64_t enough = 0;
	stk_str_u64(number, 10, &enough);
	if (limit->type == STK_COMPOSE_INT)
		stk_compose_fix_replace(c, f, false, "set a limit", limit, number, true);
	for (size_t i = 0; i < STK_LEN(keys); i++) {
		const node *value = stk_compose_get(limit, keys[i]), *soft = stk_compose_get(limit, "soft");
		/* A hard limit below the soft one would be refused. */
		bool above = soft && soft->integer > 0 && (uint64_t)soft->integer > enough;
		if (value && value->integer < 0)
			stk_compose_fix_replace(c, f, false, "set a limit", value, above ? soft->text : number, true);
	}
}

static void check_ulimits(const struct stk_rule *rule, void *context)
{
	static const char *const names[] = { "nofile", "nproc" };
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < STK_LEN(names); i++) {
			const node *limit = stk_compose_get(stk_compose_get(s->node, "ulimits"), names[i]);
			if (!is_unlimited(limit))
				continue;
			struct stk_finding *f =
				stk_compose_find(c, rule, s, limit->place, "service \"" STK_FMT "\" has no limit of %s",
						 STK_ARG(s->name), names[i]);
			limit_number(c, f, limit, i ? S("4096") : S("65536"));
		}
}

static void check_restart(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *restart = stk_compose_get(s->node, "restart"),
			   *policy = stk_compose_path(s->node, "deploy.restart_policy");
		const node *attempts = stk_compose_get(policy, "max_attempts");
		struct stk_str text = restart ? restart->text : S(""), rest = text, kind = stk_str_cut(&rest, ':');
		uint64_t count = 0;
		if (stk_str_is(kind, "always")) {
			struct stk_finding *f = stk_compose_find(
				c, rule, s, restart->place, "service \"" STK_FMT "\" is restarted whatever happens",
				STK_ARG(s->name));
			f->severity = STK_SEV_INFO;
			stk_compose_fix_replace(c, f, false, "stop after five failures", restart, S("on-failure:5"),
						false);
		}
		if (stk_str_is(kind, "on-failure") && (!stk_str_u64(rest, 10, &count) || count > 5 || !count)) {
			struct stk_finding *f =
				stk_compose_find(c, rule, s, restart->place, "service \"" STK_FMT "\" is restarted %s",
						 STK_ARG(s->name), count ? "more than five times" : "without end");
			stk_compose_fix_replace(c, f, false, "stop after five failures", restart, S("on-failure:5"),
						false);
		}
		if (policy && stk_str_is(stk_compose_str(policy, "condition"), "on-failure") &&
		    (!attempts || attempts->integer > 5)) {
			struct stk_finding *f =
				stk_compose_find(c, rule, s, policy->place, "service \"" STK_FMT "\" is restarted %s",
						 STK_ARG(s->name), attempts ? "more than five times" : "without end");
			if (attempts)
				stk_compose_fix_replace(c, f, false, "stop after five failures", attempts, S("5"),
							true);
			else
				stk_compose_fix_add_to(c, f, false, "stop after five failures", policy, "max_attempts",
						       &STK_YAML_LITERAL_TEXT(S("5")));
		}
	}
}

/* Only for well-known images is it known what to ask. */
static void add_healthcheck(check *c, struct stk_finding *f, service *s)
{
	static const struct stk_str keys[] = { { "test", 4 }, { "interval", 8 }, { "timeout", 7 }, { "retries", 7 } };
	const struct stk_official_image *official = s->build ? NULL : stk_official_image(s->image);
	if (!official || !official->health) {
		stk_finding_evidence(
			c->report, f,
			"no healthcheck is added: what the image has to ask its program with is not known");
		return;
	}
	struct stk_yaml_value test[] = { STK_YAML_TEXT(S("CMD-SHELL")), STK_YAML_TEXT(stk_str_from(official->health)) };
	struct stk_yaml_value items[] = { { .type = STK_YAML_LIST, .items = test, .n = 2 },
					  STK_YAML_TEXT(S("30s")),
					  STK_YAML_TEXT(S("5s")),
					  STK_YAML_LITERAL_TEXT(S("3")) };
	struct stk_yaml_value map = { .type = STK_YAML_MAP, .keys = keys, .items = items, .n = STK_LEN(items) };
	stk_compose_fix_add(c, f, false, "ask the program how it is", s, "healthcheck", &map);
}

/* An explicit "none" is worse than nothing said: it takes away what the image may bring. */
static void check_health(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *health = stk_compose_get(s->node, "healthcheck"), *test = stk_compose_get(health, "test");
		bool none = stk_compose_count(test) && stk_str_is(test->items[0]->text, "NONE");
		if (stk_compose_is_true(stk_compose_get(health, "disable")) || none) {
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "healthcheck"),
					 "service \"" STK_FMT "\" switches its healthcheck off", STK_ARG(s->name))
				->severity = STK_SEV_MEDIUM;
			continue;
		}
		if (health)
			continue;
		const struct stk_compose_image *image = stk_compose_image_of(c, s);
		if (image && image->has_healthcheck)
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, s, s->place, "service \"" STK_FMT "\" has no healthcheck%s",
					 STK_ARG(s->name), image ? ", and its image has none" : "");
		if (!image)
			stk_finding_evidence(c->report, f,
					     s->build ? "the image is built here and may bring one"
						      : "the image is not at hand and may bring one");
		if (stk_compose_hardens(c, s))
			add_healthcheck(c, f, s);
	}
}

static void check_logging(const struct stk_rule *rule, void *context)
{
	static const struct stk_str option_keys[] = { { "max-size", 8 }, { "max-file", 8 } },
				    keys[] = { { "driver", 6 }, { "options", 7 } };
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *logging = stk_compose_get(s->node, "logging"),
			   *options = stk_compose_get(logging, "options");
		struct stk_str driver = stk_compose_str(logging, "driver");
		if (stk_str_is(driver, "none")) {
			struct stk_finding *f =
				stk_compose_find(c, rule, s, stk_compose_place_of(s, "logging"),
						 "service \"" STK_FMT "\" leaves no logs", STK_ARG(s->name));
			f->severity = STK_SEV_MEDIUM;
			/* It turns its files over by itself; options are another driver's. */
			if (!options)
				stk_compose_fix_replace(c, f, false, "keep logs", stk_compose_get(logging, "driver"),
							S("local"), false);
			continue;
		}
		if ((driver.n && !stk_str_is(driver, "json-file")) || stk_compose_get(options, "max-size"))
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "logging"),
					 "service \"" STK_FMT "\" logs without a limit of size", STK_ARG(s->name));
		struct stk_yaml_value values[] = { STK_YAML_TEXT(S("10m")), STK_YAML_TEXT(S("3")) };
		struct stk_yaml_value limits = { .type = STK_YAML_MAP, .keys = option_keys, .items = values, .n = 2 };
		struct stk_yaml_value items[] = { STK_YAML_TEXT(S("json-file")), limits };
		struct stk_yaml_value whole = { .type = STK_YAML_MAP, .keys = keys, .items = items, .n = 2 };
		if (!logging)
			stk_compose_fix_add(c, f, false, "rotate its logs", s, "logging", &whole);
		else if (!options)
			stk_compose_fix_add_to(c, f, false, "rotate its logs", logging, "options", &limits);
		else
			stk_compose_fix_add_to(c, f, false, "rotate its logs", options, "max-size", &values[0]);
	}
}

#define RUN .layer = STK_LAYER_RUNTIME

static const struct stk_rule rows[] = {
	{ .id = "CMP-401",
	  .aliases = { "kics:memory_not_limited", "CIS-5.11" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "no memory limit",
	  .why = "One request too many and the host runs out of memory, with everything else on it.",
	  .remedy = "Set mem_limit to what docker stats shows and a half more.",
	  .bad = "image: app:1.2",
	  .good = "mem_limit: 512m",
	  .check = check_memory },
	{ .id = "CMP-402",
	  .aliases = { "kics:cpus_not_limited", "CIS-5.12" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "no CPU limit",
	  .why = "A busy or mining container starves its neighbours.",
	  .remedy = "Set cpus.",
	  .bad = "image: app:1.2",
	  .good = "cpus: 1.0",
	  .check = check_cpus },
	{ .id = "CMP-403",
	  .aliases = { "kics:pids_limit_not_set", "CIS-5.29" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "no limit of processes",
	  .why = "A fork bomb takes the host down.",
	  .remedy = "Set pids_limit.",
	  .bad = "image: app:1.2",
	  .good = "pids_limit: 512",
	  .check = check_pids },
	{ .id = "CMP-404",
	  .aliases = { "CIS-5.19" },
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "unlimited open files or processes",
	  .why = "One container can use up what the kernel has for all.",
	  .remedy = "Give a number.",
	  .bad = "ulimits:\n  nofile: -1",
	  .check = check_ulimits },
	{ .id = "CMP-405",
	  .aliases = { "kics:restart_policy_on_failure_not_set_to_5", "CIS-5.15" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "restarted without end",
	  .why = "Crashes that an attack causes go unseen, and each start is another try.",
	  .remedy = "Use on-failure:5.",
	  .bad = "restart: on-failure",
	  .good = "restart: on-failure:5",
	  .check = check_restart },
	{ .id = "CMP-406",
	  .aliases = { "kics:healthcheck_not_set", "CIS-5.27", "CIS-4.6" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "no healthcheck",
	  .why = "A program that hangs is taken for a healthy one.",
	  .remedy = "Add a healthcheck that asks the program.",
	  .bad = "image: app:1.2",
	  .check = check_health },
	{ .id = "CMP-407",
	  .aliases = { "CIS-2.13" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "logs are off or without limit",
	  .why = "Without logs an attack leaves no trail; without a limit it fills the disk.",
	  .remedy = "Set max-size and max-file.",
	  .bad = "logging:\n  driver: none",
	  .check = check_logging },
};

const struct stk_rule_table stk_compose_limit_rules = { "compose", rows, STK_LEN(rows) };
