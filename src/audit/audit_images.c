/* SPDX-License-Identifier: Apache-2.0 */
/* The images of a deployment: archives and layouts in its folder, and those of its Compose services that a local engine
 * has. */
#include "audit/audit_private.h"

#include <pthread.h>
#include <unistd.h>

#include "audit/image_target.h"
#include "base/map.h"
#include "base/sentence.h"
#include "docker/docker.h"
#include "text/reference.h"
#include "base/banned.h"

/* One image to look at. Each has an arena and a report of its own, so that threads share nothing. */
struct work {
	struct stk_str name; /* what stk_audit_image opens */
	struct stk_arena *arena;
	struct stk_report report;
	struct stk_image image;
	struct stk_err err;
	bool done;
};

/* Images that wait and those that are done; next and the progress bar are the lock's, a job is its thread's
   alone. */
struct pool {
	struct stk_audit_run *run;
	struct {
		struct work *v;
		size_t n, cap;
	} jobs;
	size_t next;
	pthread_mutex_t lock;
};

struct progress {
	struct pool *pool;
	struct stk_str name;
};

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	struct progress *progress = context;
	pthread_mutex_lock(&progress->pool->lock);
	stk_audit_progress(progress->pool->run, progress->name, done, total);
	pthread_mutex_unlock(&progress->pool->lock);
}

static void look_at(struct pool *pool, struct work *job)
{
	const struct stk_audit_options *options = pool->run->options;
	struct progress progress = { pool, job->name };
	struct stk_image_job how = {
		.open = { .host = options->docker_host },
		.database = options->database,
		.secrets = options->secrets,
		.image = &job->image,
		.progress = show_progress,
		.context = &progress,
	};
	job->report = stk_report_new(job->arena);
	job->done = stk_audit_image(&how, job->name.p, &job->report, &job->err) == 0;
}

/* Takes jobs until there are none; which thread has which decides nothing, as results are merged in the order
   of jobs. */
static void *work_off(void *context)
{
	struct pool *pool = context;
	for (;;) {
		pthread_mutex_lock(&pool->lock);
		struct work *job = pool->next < pool->jobs.n ? &pool->jobs.v[pool->next++] : NULL;
		pthread_mutex_unlock(&pool->lock);
		if (!job)
			return NULL;
		look_at(pool, job);
	}
}

/* May be called again after more jobs were added: next goes on. */
static void run_pool(struct pool *pool)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = pool->run->options->threads ? pool->run->options->threads : processors > 1 ? (size_t)processors : 1;
	pthread_t threads[16];
	size_t started = 0;
	n = n > 16 ? 16 : n;
	while (started + 1 < n && started + 1 < pool->jobs.n &&
	       pthread_create(&threads[started], NULL, work_off, pool) == 0)
		started++;
	work_off(pool); /* this thread works too */
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

/* Once for each name, since several services may run one image. */
static void add_job(struct pool *pool, struct stk_str name)
{
	struct stk_arena *arena = pool->run->report->arena;
	for (size_t i = 0; i < pool->jobs.n; i++)
		if (stk_str_eq(pool->jobs.v[i].name, name))
			return;
	struct stk_arena *own = STK_NEW(arena, struct stk_arena, 1);
	*STK_PUSH(arena, &pool->run->deployment->arenas) = own;
	*STK_PUSH(arena, &pool->jobs) = (struct work){ .name = stk_arena_str(arena, name), .arena = own };
}

/* Names that the engine has, with tags and digests in their full form. */
static void engine_images(struct stk_audit_run *run, struct stk_map *names)
{
	struct stk_arena *arena = run->report->arena;
	struct stk_docker docker;
	struct stk_err ignored;
	struct stk_json *list;
	struct stk_reference reference;
	if (run->options->no_engine || stk_docker_find(arena, run->options->docker_host, &docker, &ignored) < 0 ||
	    stk_docker_get(arena, &docker, S("/images/json"), &list, &ignored) < 0)
		return;
	for (size_t i = 0; i < list->n; i++)
		for (int kind = 0; kind < 2; kind++) {
			const struct stk_json *tags = stk_json_list(&list->items[i], kind ? "RepoDigests" : "RepoTags");
			for (size_t t = 0; t < tags->n; t++)
				if (stk_reference_parse(tags->items[t].text, &reference, &ignored) == 0)
					*stk_map_at(names, arena, stk_reference_full(arena, &reference)) = list;
		}
}

/* A saved image has its tags with it: then the engine need not be asked for the same. */
static bool is_in_archive(const struct pool *pool, struct stk_str full)
{
	for (size_t i = 0; i < pool->jobs.n; i++)
		for (size_t t = 0; pool->jobs.v[i].done && t < pool->jobs.v[i].image.tags.n; t++) {
			struct stk_reference reference;
			struct stk_err ignored;
			if (stk_reference_parse(pool->jobs.v[i].image.tags.v[t], &reference, &ignored) == 0 &&
			    stk_str_eq(stk_reference_full(pool->run->report->arena, &reference), full))
				return true;
		}
	return false;
}

/* Images that services run and nobody has: named, so that the reader knows what was not looked at. */
struct missing {
	struct stk_strs names;
	size_t wanted;
};

/* A service without `image:` runs PROJECT-SERVICE, as Compose names what it builds. */
static void collect_service_images(struct pool *pool, const struct stk_map *engine, struct missing *missing)
{
	struct stk_arena *arena = pool->run->report->arena;
	struct stk_map seen = { 0 };
	for (size_t p = 0; p < pool->run->deployment->projects.n; p++) {
		const struct stk_compose *model = pool->run->deployment->projects.v[p].model;
		for (size_t s = 0; s < model->services.n; s++) {
			const struct stk_compose_service *service = &model->services.v[s];
			struct stk_reference reference;
			struct stk_err ignored;
			struct stk_str name = service->image.n
						      ? service->image
						      : stk_arena_printf(arena, STK_FMT "-" STK_FMT,
									 STK_ARG(model->name), STK_ARG(service->name));
			if (stk_reference_parse(name, &reference, &ignored) < 0 ||
			    !stk_map_add(&seen, arena, stk_reference_full(arena, &reference)))
				continue;
			struct stk_str full = stk_reference_full(arena, &reference);
			missing->wanted++;
			if (is_in_archive(pool, full))
				continue;
			if (stk_map_get(engine, full))
				add_job(pool, stk_arena_printf(arena, "docker:" STK_FMT, STK_ARG(name)));
			else
				*STK_PUSH(arena, &missing->names) = name;
		}
	}
}

/* In the order of jobs, whatever thread was first: the report must not depend on that. */
static void take_results(struct pool *pool)
{
	struct stk_audit_run *run = pool->run;
	for (size_t i = 0; i < pool->jobs.n; i++) {
		struct work *job = &pool->jobs.v[i];
		if (!job->done) {
			size_t target = stk_report_target(run->report, job->name, "image");
			stk_report_gap(run->report, target, job->name,
				       stk_arena_str(run->report->arena, stk_str_from(job->err.msg)));
			stk_audit_miss(run, STK_ASPECT_IMAGE, STK_FMT " could not be read", STK_ARG(job->name));
			stk_audit_miss(run, STK_ASPECT_CONTENTS, STK_FMT " could not be read", STK_ARG(job->name));
			continue;
		}
		size_t target = run->report->targets.n;
		stk_report_merge(run->report, &job->report);
		*STK_PUSH(run->report->arena, &run->deployment->images) = (struct stk_deployed_image){
			.name = stk_str_strip_prefix(job->name, S("docker:")),
			.facts = &job->image,
			.target = target,
		};
		run->coverage.looked[STK_ASPECT_IMAGE] = true;
		run->coverage.looked[STK_ASPECT_CONTENTS] |= run->options->secrets != NULL;
	}
}

enum { NAMES_TOLD = 8 }; /* in the notice; the report lists them all */

static void tell_missing(struct stk_audit_run *run, const struct missing *missing)
{
	struct stk_arena *arena = run->report->arena;
	for (size_t i = 0; i < missing->names.n; i++) {
		*STK_PUSH(arena, &run->report->unseen) = missing->names.v[i];
		if (run->options->require_images)
			stk_report_gap(run->report, run->deployment->projects.v[0].target, missing->names.v[i],
				       S("the image is not at hand: build or pull it, or save it into the folder"));
	}
	if (!missing->names.n)
		return;
	*STK_PUSH(arena, &run->report->notices) = stk_arena_printf(
		arena, "images not scanned, since neither the folder nor a local engine has them: " STK_FMT,
		STK_ARG(stk_strs_sentence(arena, &missing->names, NAMES_TOLD, true)));
	stk_audit_miss(run, STK_ASPECT_IMAGE, "%zu of %zu images are not at hand", missing->names.n, missing->wanted);
	stk_audit_miss(run, STK_ASPECT_CONTENTS, "%zu of %zu images are not at hand", missing->names.n,
		       missing->wanted);
}

/* Archives first: which service images are still wanted is known only when their tags have been read. */
void stk_audit_images(struct stk_audit_run *run)
{
	struct pool pool = { .run = run };
	struct stk_map engine = { 0 };
	struct missing missing = { 0 };
	if (run->options->no_images)
		return;
	pthread_mutex_init(&pool.lock, NULL);
	for (size_t i = 0; i < run->found.found[STK_FOUND_IMAGE].n; i++)
		add_job(&pool, run->found.found[STK_FOUND_IMAGE].v[i]);
	run_pool(&pool);
	engine_images(run, &engine);
	collect_service_images(&pool, &engine, &missing);
	run_pool(&pool);
	pthread_mutex_destroy(&pool.lock);
	take_results(&pool);
	tell_missing(run, &missing);
}
