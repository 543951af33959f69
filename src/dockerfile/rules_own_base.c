/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of base images: support, digest, size. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_own.h"
#include "text/reference.h"
#include "text/release.h"
#include "base/banned.h"

static bool read_base(const struct stk_build_stage *stage, struct stk_reference *out)
{
	struct stk_err err;
	return stage->resolved && stage->parent == SIZE_MAX && !stk_str_is(stage->reference, "scratch") &&
	       stk_reference_parse(stage->reference, out, &err) == 0;
}

static void check_support(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		struct stk_reference reference;
		if (!read_base(stage, &reference))
			continue;
		const struct stk_release *release = stk_release_of_image(reference.path, reference.tag);
		if (release && stk_release_ended(release, context->options->now))
			stk_dockerfile_find_at(context, rule, stage->from, stage->image.span,
					       "%s %s is no longer supported since %s: holes stay open",
					       release->family, release->version, release->end);
	}
}

/* "debian:12-slim" gets the digest that is known for it; the tag stays, for people and for bots that renew both. */
static void fix_digest(struct stk_dockerfile_context *context, struct stk_finding *finding,
		       const struct stk_pinnable *place)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_reference reference;
	struct stk_err err;
	struct stk_str digest = stk_pin_of_image(context->arena, context->options->pins, place->image);
	if (!digest.n || stk_reference_parse(place->image, &reference, &err) < 0)
		return;
	repair.failed = !place->plain || place->instruction->outer;
	stk_repair_replace(
		&repair, place->end, place->end,
		stk_arena_printf(context->arena, "%s@" STK_FMT, reference.tag.n ? "" : ":latest", STK_ARG(digest)));
	stk_repair_offer(&repair, finding, true, "write the digest behind the tag");
}

static void check_digest(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	struct stk_pinnables places = stk_dockerfile_pinnables(context->arena, context->file);
	for (size_t i = 0; i < places.n; i++)
		fix_digest(context,
			   stk_dockerfile_find_at(context, rule, places.v[i].instruction,
						  (struct stk_span){ places.v[i].begin, places.v[i].end },
						  "the image \"" STK_FMT
						  "\" has no digest: its tag can be moved to other contents",
						  STK_ARG(places.v[i].image)),
			   &places.v[i]);
}

/* Official images whose plain tags hold compilers and headers that a program seldom needs at run time. */
enum variant {
	NO_VARIANT,
	SLIM_LAST,  /* bookworm-slim, 22-bookworm-slim */
	SLIM_SECOND /* 3.12-slim-bookworm */
};
static const struct {
	const char *name, *instead;
	enum variant variant; /* how the smaller image's tag is made */
} large[] = {
	{ "debian", "the -slim tag", SLIM_LAST },
	{ "python", "the -slim tag", SLIM_SECOND },
	{ "node", "the -slim tag, or a distroless image", SLIM_LAST },
	{ "ruby", "the -slim tag", SLIM_SECOND },
	{ "perl", "the -slim tag", SLIM_SECOND },
	{ "golang", "a second stage from scratch or a distroless static image, with the binary alone" },
	{ "rust", "a second stage from debian:*-slim or a distroless image, with the binary alone" },
	{ "gcc", "a second stage with the binary alone" },
	{ "openjdk", "a JRE image such as eclipse-temurin:*-jre" },
	{ "eclipse-temurin", "the -jre tag" },
	{ "amazoncorretto", "a JRE made with jlink, or the -alpine tag" },
	{ "maven", "a second stage with a JRE and the archive alone" },
	{ "gradle", "a second stage with a JRE and the archive alone" },
	{ "buildpack-deps", "a second stage with the result alone" },
	{ "mcr.microsoft.com/dotnet/sdk", "mcr.microsoft.com/dotnet/aspnet or runtime" },
};

static bool is_small(struct stk_str tag)
{
	static const char *const marks[] = { "slim",	   "alpine",  "distroless", "-jre",	   "jre-",
					     "nanoserver", "minimal", "busybox",    "ubi-minimal", "chiseled" };
	for (size_t i = 0; i < STK_LEN(marks); i++)
		if (stk_str_contains(tag, stk_str_from(marks[i])))
			return true;
	return false;
}

/* Tags of numbers and a code name have a slim variant; others may not. */
static struct stk_str slim_tag(struct stk_arena *arena, struct stk_str tag, enum variant variant)
{
	struct stk_str rest = tag, version = stk_str_cut(&rest, '-');
	bool release = stk_is_one_of(rest, "bullseye bookworm trixie");
	for (size_t i = 0; i < version.n; i++)
		if (!stk_is_digit(version.p[i]) && version.p[i] != '.' &&
		    !stk_is_one_of(tag, "bullseye bookworm trixie"))
			return S("");
	if (!tag.n || (rest.n && !release))
		return S("");
	if (rest.n && variant == SLIM_SECOND)
		return stk_arena_printf(arena, STK_FMT "-slim-" STK_FMT, STK_ARG(version), STK_ARG(rest));
	return stk_arena_join(arena, tag, S("-slim"));
}

static void fix_size(struct stk_dockerfile_context *context, struct stk_finding *finding,
		     const struct stk_build_stage *stage, struct stk_str tag, enum variant variant)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str slim = variant ? slim_tag(context->arena, tag, variant) : S("");
	struct stk_span image = stage->image.span;
	struct stk_str typed = stk_str_slice(context->file->text, image.begin, image.end);
	repair.failed = !slim.n || !stk_str_eq(typed, stage->reference) || !stk_str_ends(typed, tag);
	stk_repair_replace(&repair, image.end - tag.n, image.end, slim);
	stk_repair_offer(&repair, finding, false, "write the tag " STK_FMT, STK_ARG(slim));
}

static void check_size(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		struct stk_reference reference;
		if (!stk_stage_is_final(context->file, i) || !read_base(stage, &reference) || is_small(reference.tag))
			continue;
		struct stk_str name = stk_reference_familiar(
			context->arena, &(struct stk_reference){ reference.domain, reference.path, S(""), S("") });
		for (size_t k = 0; k < STK_LEN(large); k++)
			if (stk_str_is(name, large[k].name))
				fix_size(context,
					 stk_dockerfile_find_at(context, rule, stage->from, stage->image.span,
								"the final image is built on \"" STK_FMT
								"\", which holds much that it does not need; use %s",
								STK_ARG(stage->reference), large[k].instead),
					 stage, reference.tag, large[k].variant);
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DF-030",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_INFO,
	  .title = "base image without a digest",
	  .why = "A tag can be moved, by its owner or by who takes over his account; a digest names the contents themselves, and the same build "
		 "gives the same image.",
	  .remedy =
		  "Write the digest behind the tag (\"strake dockerfile --pin registry --fix\" asks for it), and let a bot such as Renovate or "
		  "Dependabot renew both.",
	  .fix = "--fix writes the digest that .strake.lock, or the engine or registry that --pin names, has for the tag",
	  .bad = "FROM alpine:3.20",
	  .good = "FROM alpine:3.20@sha256:77726ef6b57ddf65bb551896826ec38bc3e53f75cdde31354fbffb4f25238ebd",
	  .url = "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
	  .check = check_digest },
	{ .id = "DF-031",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "final image on a large base",
	  .why = "Compilers, headers and tools are what an intruder works with, and each package is one more to patch.",
	  .remedy = "Choose a smaller variant, or build in one stage and copy the result into another.",
	  .fix = "--fix-unsafe writes the slim tag of debian, python, node, ruby and perl",
	  .bad = "FROM python:3.12",
	  .good = "FROM python:3.12-slim",
	  .url = "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image",
	  .check = check_size },
	{ .id = "DF-032",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .title = "base image of a release without support",
	  .why = "Nobody mends the holes of a release whose support has ended, and scanners stop naming them.",
	  .remedy =
		  "Write a supported release into the tag, such as debian:12-slim, alpine:3.22 or ubuntu:24.04, and build again.",
	  .bad = "FROM debian:9",
	  .good = "FROM debian:12-slim",
	  .url = "https://endoflife.date/",
	  .check = check_support },
};

const struct stk_rule_table stk_own_base_rules = { "dockerfile", rows, STK_LEN(rows) };
