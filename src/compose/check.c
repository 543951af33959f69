/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all rules of Compose share: where a finding points, and what makes a service exposed or
 * a data store.
 *
 * A finding goes to the file that holds the value, which with several files, extends and
 * include is often not the first one; a value that the loader made up has no place and is
 * reported at its service.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "compose/check_private.h"
#include "compose/official.h"
#include "text/reference.h"
#include "base/banned.h"

const struct stk_rule_table *const stk_compose_tables[] = {
#define X(name) &name,
	STK_COMPOSE_TABLES(X)
#undef X
};
const size_t stk_n_compose_tables = STK_LEN(stk_compose_tables);

static size_t target_of(const check *c, const struct stk_compose_source *source)
{
	for (size_t i = 0; i < c->project->sources.n; i++)
		if (c->project->sources.v[i] == source)
			return c->targets[i];
	return c->targets[0];
}

/* The end of a finding is only given for a scalar on one line: editors would underline a whole
   service otherwise. */
struct stk_finding *stk_compose_find(check *c, const struct stk_rule *rule, service *s, struct stk_compose_place place,
				     const char *fmt, ...)
{
	char text[600];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	if (!place.yaml && s)
		place = s->place;
	if (!place.source)
		place.source = c->project->sources.v[0];
	struct stk_finding *f = stk_report_add(c->report, rule, target_of(c, place.source));
	f->message = stk_arena_str(c->report->arena, stk_str_from(text));
	f->location.file = place.source->name;
	f->location.line = place.yaml ? place.yaml->line : 1;
	f->location.column = place.yaml ? place.yaml->column : 1;
	f->location.service = s ? s->name : S("");
	if (place.yaml && place.yaml->type == STK_YAML_SCALAR && place.yaml->end_line == place.yaml->line) {
		f->location.end_line = place.yaml->end_line;
		f->location.end_column = place.yaml->end_column;
	}
	return f;
}

struct stk_compose_place stk_compose_place_of(service *s, const char *key)
{
	const struct stk_compose_entry *entry = stk_compose_entry(s->node, stk_str_from(key));
	return entry && entry->place.yaml ? entry->place : s->place;
}

bool stk_compose_one_of(struct stk_str text, const char *words)
{
	for (struct stk_str rest = stk_str_from(words); rest.n;)
		if (stk_str_eq_nocase(stk_str_cut(&rest, ' '), text))
			return true;
	return false;
}

bool stk_compose_is_root(struct stk_str user)
{
	struct stk_str rest = user, name = stk_str_cut(&rest, ':');
	return stk_str_is(name, "root") || stk_str_is(name, "0");
}

const char *stk_compose_own_user(service *s)
{
	const struct stk_official_image *official = s->build ? NULL : stk_official_image(s->image);
	for (size_t i = 0; official && i < s->mounts.n; i++)
		if (stk_str_is(s->mounts.v[i].type, "bind") && !s->mounts.v[i].read_only)
			return NULL;
	return official ? official->user : NULL;
}

bool stk_compose_is_exposed(service *s)
{
	for (size_t i = 0; i < s->ports.n; i++)
		if (!stk_str_starts(s->ports.v[i].host_ip, S("127.")) && !stk_str_is(s->ports.v[i].host_ip, "::1"))
			return true;
	return stk_str_is(s->network_mode, "host");
}

bool stk_compose_is_data_store(service *s)
{
	static const char *const names = "postgres postgresql mysql mariadb percona mongo mongodb redis valkey keydb "
					 "memcached elasticsearch opensearch "
					 "rabbitmq kafka zookeeper cassandra couchdb couchbase influxdb "
					 "clickhouse-server etcd consul neo4j mssql server "
					 "minio timescaledb postgis cockroach arangodb rethinkdb solr nats redis-stack";
	struct stk_reference reference;
	struct stk_err err;
	if (!s->image.n || stk_reference_parse(s->image, &reference, &err) < 0)
		return false;
	return stk_compose_one_of(stk_str_after_last(reference.path, '/'), names);
}

const struct stk_compose_image *stk_compose_image_of(check *c, service *s)
{
	if (!s->image.n || s->build)
		return NULL;
	void **known = stk_map_at(&c->image_cache, c->report->arena, s->image);
	if (!*known) {
		struct stk_compose_image *image = STK_NEW(c->report->arena, struct stk_compose_image, 1);
		*known = c->image && c->image(c->image_context, s->image, image) ? (void *)image : (void *)c;
		c->images_missed += *known == c;
	}
	return *known == c ? NULL : *known;
}

static bool below(struct stk_str path, struct stk_str folder)
{
	return stk_str_starts(path, folder) &&
	       (path.n == folder.n || path.p[folder.n] == '/' || stk_str_is(folder, "/"));
}

bool stk_compose_has_room(service *s, struct stk_str path)
{
	const node *tmpfs = stk_compose_get(s->node, "tmpfs");
	for (size_t i = 0; i < s->mounts.n; i++)
		if (below(path, s->mounts.v[i].target) && !s->mounts.v[i].read_only)
			return true;
	for (uint32_t i = 0; i < stk_compose_count(tmpfs); i++) {
		struct stk_str rest = tmpfs->items[i]->text;
		if (below(path, stk_str_cut(&rest, ':')))
			return true;
	}
	return false;
}

bool stk_compose_keeps_data(service *s)
{
	for (size_t i = 0; i < s->mounts.n; i++)
		if (!s->mounts.v[i].read_only && !stk_str_is(s->mounts.v[i].type, "tmpfs"))
			return true;
	return false;
}

bool stk_compose_hardens(const check *c, service *s)
{
	return stk_strs_has(&c->harden, S("all")) || stk_strs_has(&c->harden, s->name);
}

void stk_compose_check(check *c)
{
	for (size_t t = 0; t < stk_n_compose_tables; t++)
		for (size_t i = 0; i < stk_compose_tables[t]->n; i++)
			if (stk_compose_tables[t]->rows[i].check)
				stk_compose_tables[t]->rows[i].check(&stk_compose_tables[t]->rows[i], c);
	if (c->images_missed)
		*STK_PUSH(c->report->arena, &c->report->notices) = stk_arena_printf(
			c->report->arena,
			STK_FMT ": %zu image%s could not be looked at, so USER, HEALTHCHECK and EXPOSE of %s are taken "
				"as not known",
			STK_ARG(c->project->sources.n ? c->project->sources.v[0]->name : c->project->name),
			c->images_missed, c->images_missed == 1 ? "" : "s", c->images_missed == 1 ? "it" : "them");
}
