/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See compose_facts.h. The engine is asked once whether it is there, and only on its local
 * socket: a lint of a file must not wait for a network.
 */
#include "cli/compose_facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "io/file.h"
#include "base/banned.h"

static bool find_engine(struct stk_compose_machine *machine)
{
	struct stk_err err;
	if (machine->asked)
		return machine->reachable;
	machine->asked = true;
	machine->reachable = !machine->no_engine &&
			     stk_docker_find(machine->arena, machine->host, &machine->docker, &err) == 0 &&
			     machine->docker.unix_socket;
	return machine->reachable;
}

bool stk_cli_compose_image(void *context, struct stk_str image, struct stk_compose_image *out)
{
	struct stk_compose_machine *machine = context;
	struct stk_json *json;
	struct stk_err err;
	/* The reference becomes part of a request's path. */
	for (size_t i = 0; i < image.n; i++)
		if (!stk_is_alnum(image.p[i]) && !memchr("/:@._-", image.p[i], 6))
			return false;
	if (!find_engine(machine))
		return false;
	struct stk_str path = stk_arena_printf(machine->arena, "/images/" STK_FMT "/json", STK_ARG(image));
	if (stk_docker_get(machine->arena, &machine->docker, path, &json, &err) < 0) {
		machine->reachable = err.code == STK_ENOTFOUND; /* this image is not there, others may be */
		return false;
	}
	const struct stk_json *config = stk_json_get(json, "Config"), *exposed = stk_json_get(config, "ExposedPorts");
	const struct stk_json *test = stk_json_list(stk_json_get(config, "Healthcheck"), "Test");
	*out = (struct stk_compose_image){ .user = stk_json_str(config, "User") };
	out->has_healthcheck = test->n && !stk_str_is(test->items[0].text, "NONE");
	for (size_t i = 0; exposed && i < exposed->n; i++)
		*STK_PUSH(machine->arena, &out->exposed) = exposed->items[i].key;
	return true;
}

/* The index of the repository that the path is in, and the path inside it; false when it is in none. */
static bool find_index(struct stk_compose_machine *machine, struct stk_str path, struct stk_str *index,
		       struct stk_str *inside)
{
	/* From the file upwards, folder by folder; what is known about each is kept, as
	   projects mount many files of one repository. */
	for (size_t slash = path.n; slash != SIZE_MAX && slash;
	     slash = stk_str_rfind_byte(stk_str_slice(path, 0, slash), '/')) {
		if (slash == path.n)
			continue;
		struct stk_str folder = stk_str_slice(path, 0, slash);
		void **known = stk_map_at(&machine->indexes, machine->arena, stk_arena_str(machine->arena, folder));
		if (!*known) {
			struct stk_str *text = STK_NEW(machine->arena, struct stk_str, 1);
			struct stk_err err;
			struct stk_str file = stk_arena_printf(machine->arena, STK_FMT "/.git/index", STK_ARG(folder));
			if (stk_file_read(machine->arena, file.p, STK_LIMIT_JSON_FILE, text, &err) < 0)
				*text = S("");
			*known = text;
		}
		*index = *(struct stk_str *)*known;
		*inside = stk_str_slice(path, slash + 1, path.n);
		if (index->n)
			return true;
	}
	return false;
}

/* Names in git's index (versions 2 and 3) end in a NUL byte; in front of each stand its length and flags. */
static bool is_tracked(struct stk_compose_machine *machine, struct stk_str path)
{
	struct stk_str index, inside;
	if (!find_index(machine, path, &index, &inside) || inside.n > 0xfff)
		return false;
	struct stk_str name =
		stk_arena_printf(machine->arena, "%c" STK_FMT "%c", (char)(inside.n & 0xff), STK_ARG(inside), 0);
	return stk_str_contains(index, name);
}

static void look_at(struct stk_compose_machine *machine, struct stk_str path, struct stk_compose_file *out)
{
	struct stat st;
	const char *name = stk_arena_str(machine->arena, path).p;
	if (stat(name, &st) < 0)
		return;
	char *real = realpath(name, NULL);
	out->exists = true;
	out->mode = st.st_mode & 07777;
	out->tracked = is_tracked(machine, path);
	out->real = real ? stk_arena_str(machine->arena, stk_str_from(real)) : path;
	free(real);
}

bool stk_cli_compose_file(void *context, struct stk_str path, struct stk_compose_file *out)
{
	struct stk_compose_machine *machine = context;
	void **known = stk_map_at(&machine->files, machine->arena, path);
	if (!*known) {
		*known = STK_NEW(machine->arena, struct stk_compose_file, 1);
		look_at(machine, path, *known);
	}
	*out = *(struct stk_compose_file *)*known;
	return true;
}
