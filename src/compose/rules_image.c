/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-5xx: where images and builds come from. */
#include "compose/check_private.h"
#include "text/credential.h"
#include "text/reference.h"
#include "base/banned.h"

static const char moving_tags[] = "latest stable edge test nightly dev beta canary lts main master";

/* The reference of a service that runs an image it does not build itself. */
static bool pulled(service *s, struct stk_reference *reference)
{
	struct stk_err err;
	return s->image.n && !s->build && stk_reference_parse(s->image, reference, &err) == 0;
}

static bool moves(const struct stk_reference *reference)
{
	return !reference->digest.n && (!reference->tag.n || stk_compose_one_of(reference->tag, moving_tags));
}

static void check_tag(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_reference reference;
	for (EACH_SERVICE(c, s))
		if (pulled(s, &reference) && moves(&reference))
			stk_compose_find(c, rule, s, stk_compose_get(s->node, "image")->place,
					 "service \"" STK_FMT "\": " STK_FMT " %s", STK_ARG(s->name), STK_ARG(s->image),
					 reference.tag.n ? "moves with each release"
							 : "has no tag, so it is whatever is newest");
}

static void check_digest(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_reference reference;
	for (EACH_SERVICE(c, s))
		if (pulled(s, &reference) && !reference.digest.n && !moves(&reference))
			stk_compose_find(c, rule, s, stk_compose_get(s->node, "image")->place,
					 "service \"" STK_FMT "\": the tag of " STK_FMT " can be moved",
					 STK_ARG(s->name), STK_ARG(s->image));
}

static void judge_registry(check *c, const struct stk_rule *rule, service *s, struct stk_compose_place place,
			   struct stk_str image)
{
	struct stk_reference reference;
	struct stk_err err;
	if (stk_str_starts(image, S("http://"))) {
		stk_compose_find(c, rule, s, place, "service \"" STK_FMT "\": " STK_FMT " comes without encryption",
				 STK_ARG(s->name), STK_ARG(image));
		return;
	}
	if (!c->trusted_registries.n || stk_reference_parse(image, &reference, &err) < 0 ||
	    stk_strs_has(&c->trusted_registries, stk_reference_domain(&reference)))
		return;
	stk_compose_find(c, rule, s, place, "service \"" STK_FMT "\": " STK_FMT " is not among the trusted registries",
			 STK_ARG(s->name), STK_ARG(stk_reference_domain(&reference)));
}

static void check_registry(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *cache = stk_compose_get(s->build, "cache_from");
		if (s->image.n && !s->build)
			judge_registry(c, rule, s, stk_compose_get(s->node, "image")->place, s->image);
		for (uint32_t i = 0; i < stk_compose_count(cache); i++) {
			struct stk_str text = cache->items[i]->text;
			/* "type=registry,ref=NAME,…" or a bare name; type=gha and the like name
			   no registry. */
			size_t at = stk_str_find(text, S("ref="));
			struct stk_str rest = at == SIZE_MAX ? text : stk_str_slice(text, at + 4, text.n);
			if (at != SIZE_MAX || stk_str_find_byte(text, '=') == SIZE_MAX)
				judge_registry(c, rule, s, cache->items[i]->place, stk_str_cut(&rest, ','));
		}
	}
}

/* A tag that moves, and a policy that never looks whether it did: updates do not arrive. */
static void check_pull_policy(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_reference reference;
	for (EACH_SERVICE(c, s)) {
		struct stk_str policy = stk_compose_str(s->node, "pull_policy");
		if (pulled(s, &reference) && moves(&reference) &&
		    (!policy.n || stk_compose_one_of(policy, "never missing if_not_present")))
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "pull_policy"),
					 "service \"" STK_FMT "\" keeps the " STK_FMT " it once pulled, fixes or not",
					 STK_ARG(s->name), STK_ARG(s->image));
	}
}

/* Build arguments are written into the image's history, so that everybody who pulls it reads
   them. */
static void check_build_args(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *args = stk_compose_get(s->build, "args");
		for (uint32_t i = 0; i < stk_compose_count(args); i++) {
			const struct stk_compose_entry *entry = &args->entries[i];
			const char *kind = NULL;
			bool certain = stk_credential_value(entry->value->text, &kind) == STK_VALUE_CERTAIN;
			if (entry->value->text.n && (certain || stk_credential_name(entry->key)))
				stk_compose_find(c, rule, s, entry->place,
						 "service \"" STK_FMT "\": the build argument " STK_FMT
						 " stays in the image's history",
						 STK_ARG(s->name), STK_ARG(entry->key));
		}
	}
}

static bool is_entitled(const node *item)
{
	return stk_compose_one_of(item->text, "security.insecure network.host");
}

/* Entitlements go one by one; where none would be left, the key goes. */
static void judge_entitlements(check *c, const struct stk_rule *rule, service *s, const node *list)
{
	static const char what[] = "build without the entitlement";
	uint32_t n = (uint32_t)stk_compose_count(list), bad = 0, leading = 0;
	for (uint32_t i = 0; i < n; i++) {
		leading += leading == i && is_entitled(list->items[i]);
		bad += is_entitled(list->items[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		if (!is_entitled(list->items[i]))
			continue;
		struct stk_finding *f = stk_compose_find(c, rule, s, list->items[i]->place,
							 "service \"" STK_FMT "\": its build is entitled to " STK_FMT,
							 STK_ARG(s->name), STK_ARG(list->items[i]->text));
		/* An empty list is no repair: the key goes with the last entry. */
		if (bad == n && !list->merged)
			stk_compose_fix_remove(c, f, false, what, s->build, list);
		else if (i < leading)
			stk_compose_fix_remove_leading(c, f, false, what, list, list->items[i]);
		else
			stk_compose_fix_remove(c, f, false, what, list, list->items[i]);
	}
}

static void check_build_rights(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *privileged = stk_compose_get(s->build, "privileged"),
			   *list = stk_compose_get(s->build, "entitlements"),
			   *network = stk_compose_get(s->build, "network");
		if (stk_compose_is_true(privileged)) {
			struct stk_finding *f =
				stk_compose_find(c, rule, s, privileged->place,
						 "service \"" STK_FMT "\" is built privileged", STK_ARG(s->name));
			stk_compose_fix_replace(c, f, false, "build without privileges", privileged, S("false"), true);
		}
		judge_entitlements(c, rule, s, list);
		if (network && stk_str_is(network->text, "host")) {
			struct stk_finding *f = stk_compose_find(
				c, rule, s, network->place, "service \"" STK_FMT "\" is built on the host's network",
				STK_ARG(s->name));
			stk_compose_fix_remove(c, f, false, "build on a network of its own", s->build, network);
		}
	}
}

static bool is_commit(struct stk_str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!stk_is_xdigit(text.p[i]))
			return false;
	return text.n == 40 || text.n == 64;
}

/* Code from the net that may be other code tomorrow. */
static bool is_loose(struct stk_str context)
{
	struct stk_str rest = context;
	stk_str_cut(&rest, '#');
	struct stk_str commit = stk_str_cut(&rest, ':');
	if (stk_str_starts(context, S("docker-image://")) || stk_str_starts(context, S("oci://")))
		return !stk_str_contains(context, S("@sha256:"));
	bool remote = stk_str_contains(context, S("://")) || stk_str_starts(context, S("git@")) ||
		      stk_str_starts(context, S("github.com/"));
	bool clear = stk_str_starts(context, S("http://")) || stk_str_starts(context, S("git://"));
	return remote && (clear || !is_commit(commit)) && !stk_str_starts(context, S("oci-layout://"));
}

static void check_contexts(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *own = stk_compose_get(s->build, "context"),
			   *more = stk_compose_get(s->build, "additional_contexts");
		if (own && is_loose(own->text))
			stk_compose_find(c, rule, s, own->place,
					 "service \"" STK_FMT "\" is built from " STK_FMT ", which names no commit",
					 STK_ARG(s->name), STK_ARG(own->text));
		for (uint32_t i = 0; i < stk_compose_count(more); i++)
			if (is_loose(more->entries[i].value->text))
				stk_compose_find(c, rule, s, more->entries[i].place,
						 "service \"" STK_FMT "\": the context " STK_FMT " is not pinned",
						 STK_ARG(s->name), STK_ARG(more->entries[i].value->text));
	}
}

static void check_attestations(const struct stk_rule *rule, void *context)
{
	static const char *const keys[] = { "provenance", "sbom" };
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < STK_LEN(keys); i++) {
			const node *value = stk_compose_get(s->build, keys[i]);
			if (!value || !stk_str_is(value->text, "false"))
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, value->place,
								 "service \"" STK_FMT "\" is built without %s",
								 STK_ARG(s->name), keys[i]);
			stk_compose_fix_remove(c, f, false, "build with attestations", s->build, value);
		}
}

/* "default" is the whole agent: with it, a RUN of that Dockerfile may sign in wherever its
   owner may. */
static void check_agent(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *ssh = stk_compose_get(s->build, "ssh"), *own = stk_compose_get(s->build, "context");
		bool remote = own && (stk_str_contains(own->text, S("://")) || stk_str_starts(own->text, S("git@")));
		for (uint32_t i = 0; remote && i < stk_compose_count(ssh); i++)
			if (stk_str_is(ssh->items[i]->text, "default"))
				stk_compose_find(c, rule, s, ssh->items[i]->place,
						 "service \"" STK_FMT
						 "\" lends all of your SSH keys to a Dockerfile from the net",
						 STK_ARG(s->name));
	}
}

#define IMAGE .layer = STK_LAYER_IMAGE
#define BUILD .layer = STK_LAYER_BUILD

static const struct stk_rule rows[] = {
	{ .id = "CMP-501",
	  .aliases = { "dclint:service-image-require-explicit-tag", "USR-COMPOSE-0001" },
	  IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "image without a fixed tag",
	  .why = "What runs changes from one pull to the next, unreviewed.",
	  .remedy = "Name a version.",
	  .bad = "image: nginx",
	  .good = "image: nginx:1.27.3",
	  .check = check_tag },
	{ .id = "CMP-502",
	  IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "image without a digest",
	  .why = "Whoever controls the repository can put another image behind the tag.",
	  .remedy = "Pin the digest: image: nginx:1.27.3@sha256:...",
	  .bad = "image: nginx:1.27.3",
	  .check = check_digest },
	{ .id = "CMP-503",
	  .aliases = { "CIS-4.2" },
	  IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "image from a registry that is not trusted",
	  .why = "Nobody vouches for what is in it.",
	  .remedy = "Use a registry of the list trusted_registries in .strake.yaml.",
	  .bad = "image: example.com/app:1",
	  .check = check_registry },
	{ .id = "CMP-504",
	  .aliases = { "CIS-5.28" },
	  IMAGE,
	  .severity = STK_SEV_INFO,
	  .title = "a moving tag that is not pulled again",
	  .why = "Security fixes behind the tag never arrive.",
	  .remedy = "Fix the version, or set pull_policy: always.",
	  .bad = "image: nginx:latest",
	  .check = check_pull_policy },
	{ .id = "CMP-505",
	  .aliases = { "CIS-4.10" },
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "a secret as build argument",
	  .why = "Build arguments can be read from the image's history by everybody who can pull it.",
	  .remedy = "Use build.secrets and RUN --mount=type=secret.",
	  .bad = "build:\n  args:\n    NPM_TOKEN: abc123",
	  .check = check_build_args },
	{ .id = "CMP-506",
	  BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "the build has rights on the host",
	  .why = "Every RUN line of the Dockerfile and of its base runs with them.",
	  .remedy = "Build without privileges, entitlements and the host's network.",
	  .bad = "build:\n  context: .\n  privileged: true",
	  .check = check_build_rights },
	{ .id = "CMP-507",
	  BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "built from a source that can change",
	  .why = "Who controls the branch or the server decides what runs here at the next build.",
	  .remedy = "Name the commit or digest.",
	  .bad = "build: https://github.com/team/app.git#main",
	  .check = check_contexts },
	{ .id = "CMP-508",
	  BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "attestations are off",
	  .why = "Nobody can tell later how the image came to be.",
	  .remedy = "Take the setting out.",
	  .bad = "build:\n  context: .\n  provenance: false",
	  .check = check_attestations },
	{ .id = "CMP-509",
	  BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "SSH keys for a remote build",
	  .why = "The Dockerfile from the net can use every key of the agent while it builds.",
	  .remedy = "Name the one key that is needed.",
	  .bad = "build:\n  context: https://github.com/team/app.git\n  ssh: [default]",
	  .check = check_agent },
};

const struct stk_rule_table stk_compose_image_rules = { "compose", rows, STK_LEN(rows) };
