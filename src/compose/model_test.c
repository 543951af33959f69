/* SPDX-License-Identifier: Apache-2.0 */
/* Every value knows the file, line and column that it came from, whatever was merged, extended, included or lengthened.
 */
#include "project.h"
#include "test.h"

static const char project_text[] = "services:\n"
				   "  web:\n"
				   "    extends: {file: base.yaml, service: app}\n"
				   "    user: '7'\n"
				   "    ports:\n"
				   "      - 80-81\n"
				   "      - '443:443'\n"
				   "    environment:\n"
				   "      A: 1\n"
				   "    hostname: h\n"
				   "  db: {image: \"postgres:16\", volumes: ['data:/d']}\n"
				   "include:\n"
				   "  - sub/more.yaml\n"
				   "volumes:\n"
				   "  data:\n"
				   "%% compose.override.yaml\n"
				   "services:\n"
				   "  web:\n"
				   "    user: ${NOBODY:-9}\n"
				   "    environment: [B=2, A=3]\n"
				   "    ports: ['9000:9000']\n"
				   "%% base.yaml\n"
				   "services:\n"
				   "  app:\n"
				   "    image: app:1\n"
				   "    cap_add: [NET_ADMIN]\n"
				   "%% sub/more.yaml\n"
				   "services:\n"
				   "  extra:\n"
				   "    image: extra:1\n";

static const struct stk_compose *load(struct stk_arena *arena, const char *files)
{
	struct stk_compose *project;
	struct stk_err err;
	if (test_load(arena, files, NULL, &project, &err) < 0)
		fail_msg("%s", err.msg);
	return project;
}

static struct stk_str where(struct stk_arena *arena, struct stk_compose_place place)
{
	if (!place.source || !place.yaml)
		return S("nowhere");
	return stk_arena_printf(arena, STK_FMT ":%u:%u", STK_ARG(place.source->name), stk_compose_line(place),
				stk_compose_column(place));
}

static const struct stk_compose_node *at(const struct stk_compose_node *node, const char *path)
{
	for (struct stk_str rest = stk_str_from(path); rest.n && node;) {
		struct stk_str key = stk_str_cut(&rest, '.');
		uint64_t i;
		node = node->type != STK_COMPOSE_LIST		 ? stk_compose_get_str(node, key)
		       : stk_str_u64(key, 10, &i) && i < node->n ? node->items[i]
								 : NULL;
	}
	return node;
}

CASE(values_know_their_place_through_every_step)
{
	static const struct {
		const char *path, *place;
	} rows[] = {
		{ "services.db.image", "compose.yaml:11:15" },
		{ "services.db.volumes.0", "compose.yaml:11:40" },
		{ "services.db.volumes.0.source", "compose.yaml:11:40" },
		{ "services.web.user", "compose.override.yaml:3:11" },
		{ "services.web.image", "base.yaml:3:12" },
		{ "services.web.cap_add.0", "base.yaml:4:15" },
		{ "services.web.ports.0", "compose.yaml:6:9" },
		{ "services.web.ports.1.target", "compose.yaml:6:9" }, /* a range expanded into two */
		{ "services.web.ports.2", "compose.yaml:7:9" },
		{ "services.web.ports.3", "compose.override.yaml:5:13" },
		{ "services.web.environment.A", "compose.override.yaml:4:24" },
		{ "services.web.environment.B", "compose.override.yaml:4:19" },
		{ "services.extra.image", "sub/more.yaml:3:12" },
		{ "services.web.networks", "nowhere" }, /* the loader made it up */
	};
	STK_ARENA arena = { 0 };
	const struct stk_compose *project = load(&arena, project_text);
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		const struct stk_compose_node *node = at(project->root, rows[i].path);
		if (!node)
			fail_msg("%s: no such value", rows[i].path);
		if (!stk_str_is(where(&arena, node->place), rows[i].place))
			fail_msg("%s stands at " STK_FMT ", want %s", rows[i].path, STK_ARG(where(&arena, node->place)),
				 rows[i].place);
	}
}

CASE(the_typed_view_knows_places_too)
{
	STK_ARENA arena = { 0 };
	const struct stk_compose *project = load(&arena, project_text);
	const struct stk_compose_service *web = stk_compose_service(project, S("web"));
	assert_non_null(web);
	assert_str(where(&arena, web->place), "compose.yaml:2:3");
	assert_str(where(&arena, stk_compose_service(project, S("extra"))->place), "sub/more.yaml:2:3");
	assert_int_equal(web->ports.n, 4);
	assert_int_equal(web->ports.v[1].target, 81);
	assert_str(where(&arena, web->ports.v[1].node->place), "compose.yaml:6:9");
	assert_str(web->image, "app:1");
	assert_str(web->user, "9");
	assert_int_equal(web->networks.n, 1);
	assert_str(where(&arena, web->networks.v[0].place), "nowhere");
	assert_str(where(&arena, stk_compose_volume(project, S("data"))->place), "compose.yaml:15:3");
	assert_null(stk_compose_service(project, S("nobody")));
	assert_null(stk_compose_network(project, S("nobody")));
	assert_int_equal(project->sources.n, 4);
	assert_false(project->sources.v[1]->included);
	assert_true(project->sources.v[3]->included);
}

CASE(values_know_variables_sharing_and_merging)
{
	STK_ARENA arena = { 0 };
	const struct stk_compose *project = load(&arena, "x-a: &a {user: a, cap_add: [X]}\n"
							 "services:\n"
							 "  one: {<<: *a, image: i, hostname: \"${H:-h}\"}\n"
							 "  two: {image: i, cap_add: [X]}\n"
							 "%% compose.override.yaml\n"
							 "services: {two: {cap_add: [Y]}}\n");
	static const struct {
		const char *path;
		bool variable, shared, merged;
	} rows[] = {
		{ "services.one.user", false, true, false },	{ "services.one.cap_add.0", false, true, false },
		{ "services.one.image", false, false, false },	{ "services.one.hostname", true, false, false },
		{ "services.two.cap_add", false, false, true }, { "services.two.cap_add.1", false, false, false },
		{ "services.two.image", false, false, false },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		const struct stk_compose_node *node = at(project->root, rows[i].path);
		if (!node || node->variable != rows[i].variable || node->shared != rows[i].shared ||
		    node->merged != rows[i].merged)
			fail_msg("%s: variable %d, shared %d, merged %d", rows[i].path, node && node->variable,
				 node && node->shared, node && node->merged);
	}
	assert_str(at(project->root, "services.one.hostname")->raw, "${H:-h}");
}

static const struct stk_compose_port *port(const struct stk_compose *project, size_t i)
{
	return &stk_compose_service(project, S("w"))->ports.v[i];
}

CASE(ports_have_numbers)
{
	STK_ARENA arena = { 0 };
	const struct stk_compose *project = load(
		&arena,
		"services: {w: {image: i, ports: ['80', '81:81', '82-83:90', '0:91', {target: 92, published: abc}]}}\n");
	static const struct {
		uint32_t target, first, last;
	} rows[] = { { 80, 0, 0 }, { 81, 81, 81 }, { 90, 82, 83 }, { 91, 0, 0 }, { 92, 0, 0 } };
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		assert_int_equal(port(project, i)->target, rows[i].target);
		assert_int_equal(port(project, i)->host_first, rows[i].first);
		assert_int_equal(port(project, i)->host_last, rows[i].last);
	}
}

CASE(networks_are_attached_by_priority_then_name)
{
	STK_ARENA arena = { 0 };
	const struct stk_compose *project = load(
		&arena,
		"services: {w: {image: i, networks: {c: , b: , a: {priority: -1}, z: {priority: 9, aliases: [q]}}}}\n"
		"networks: {a: , b: {name: real}, c: {external: true}, z: {internal: true, driver: overlay}}\n");
	const struct stk_compose_service *w = stk_compose_service(project, S("w"));
	static const char *const names[] = { "z", "b", "c", "a" }, *const engine[] = { "p_z", "real", "c", "p_a" };
	assert_int_equal(w->networks.n, STK_LEN(names));
	for (size_t i = 0; i < STK_LEN(names); i++) {
		assert_str(w->networks.v[i].name, names[i]);
		assert_str(w->networks.v[i].network->name, engine[i]);
	}
	assert_str(w->networks.v[0].aliases.v[0], "q");
	assert_true(w->networks.v[0].network->internal);
	assert_str(w->networks.v[0].network->driver, "overlay");
	assert_true(w->networks.v[2].network->external);
}
