/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A whole deployment as facts: every Dockerfile, Compose project, image and build context that
 * was read, and which belongs to which. The rules that see across layers look at this and at
 * what the rules of each layer have found.
 *
 * Steps of the audit append; stk_deployment_connect then ties services to Dockerfiles and
 * images by pointers into the vectors, which must not grow any more. Facts of images live on
 * arenas of their own (`arenas`), filled by other threads, and go with stk_deployment_close.
 */

#include "audit/checklist.h"
#include "compose/model.h"
#include "dockerfile/dockerfile.h"
#include "image/image.h"
#include "network/model.h"
#include "report/report.h"
#include "text/dockerignore.h"

/* A Dockerfile that was read. */
struct stk_deployed_dockerfile {
	struct stk_str path; /* as in the report */
	struct stk_str absolute;
	const struct stk_dockerfile *facts;
	size_t target;
};

/* Files of a build's context that hold secrets, and whether the build gets them. */
struct stk_deployed_context {
	struct stk_str folder;	    /* absolute */
	struct stk_str ignore_file; /* .dockerignore as in the report; empty: there is none */
	struct stk_dockerignore ignore;
};

/* An image that was looked at. */
struct stk_deployed_image {
	struct stk_str name;	       /* as in the report */
	const struct stk_image *facts; /* configuration and history; closed: layers cannot be read */
	size_t target;
};

/* A Compose project that was loaded. */
struct stk_deployed_project {
	struct stk_str path; /* of its first file, as in the report */
	const struct stk_compose *model;
	const struct stk_net *net; /* NULL when reachability could not be computed */
	size_t target;		   /* of its first file */
	const size_t *targets;	   /* of each of the model's sources */
};

/* A Compose service with what it is built from and what it runs. */
struct stk_deployed_service {
	const struct stk_deployed_project *project;
	const struct stk_compose_service *facts;
	const struct stk_deployed_dockerfile *dockerfile; /* NULL: not built here, or not found */
	size_t stage;					  /* of the Dockerfile: the one that is built; SIZE_MAX */
	const struct stk_deployed_image *image;		  /* NULL: not at hand */
	int32_t party;					  /* its number in project->net, or STK_NET_NOWHERE */
};

/* Everything of one run. */
struct stk_deployment {
	struct stk_arena *arena;
	struct {
		struct stk_deployed_dockerfile *v;
		size_t n, cap;
	} dockerfiles;
	struct {
		struct stk_deployed_context *v;
		size_t n, cap;
	} contexts;
	struct {
		struct stk_deployed_image *v;
		size_t n, cap;
	} images;
	struct {
		struct stk_deployed_project *v;
		size_t n, cap;
	} projects;
	struct {
		struct stk_deployed_service *v;
		size_t n, cap;
	} services;		      /* after stk_deployment_connect */
	struct stk_strs env_files;    /* as in the report */
	struct stk_coverage coverage; /* for stk_checklist_fill, once what is ignored is marked */
	struct {
		struct stk_arena **v;
		size_t n, cap;
	} arenas; /* of images that were looked at on other threads */
};

/* Frees what images left behind; the report's findings about them are gone then. */
void stk_deployment_close(struct stk_deployment *deployment);
/* Fills `services`: finds the Dockerfile and stage of each `build:` and the image of each `image:`. The other vectors
   must not change afterwards. */
void stk_deployment_connect(struct stk_deployment *deployment);

/* The folder that a service's build sends when it builds this Dockerfile (an absolute path); else the empty string. */
struct stk_str stk_build_folder(struct stk_arena *arena, const struct stk_compose_service *service,
				struct stk_str dockerfile);

/* Who a service's process is, and who says so. */
enum stk_user_source { STK_USER_COMPOSE, STK_USER_DOCKERFILE, STK_USER_IMAGE, STK_USER_UNKNOWN };
struct stk_service_user {
	struct stk_str name; /* as written; "root" when nothing is said */
	bool root;
	enum stk_user_source source;
	const struct stk_instruction *instruction; /* USER, or NULL: no stage says anything */
};
/* Asks in the order in which Docker decides: the service's `user:`, the stage's USER, the
   image's configuration. */
struct stk_service_user stk_deployed_user(const struct stk_deployed_service *service);
/* The last USER of a stage and of the stages it stands on, or NULL. */
const struct stk_instruction *stk_stage_user(const struct stk_dockerfile *file, size_t stage);
/* Does a service hold the engine's socket (a mount of it or of a folder above)? */
const struct stk_compose_mount *stk_service_socket(const struct stk_compose_service *service);
