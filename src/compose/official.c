/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What some official images need at run time, so that a repair which takes rights away leaves
 * them working: the folders that they write with a read-only root, the capabilities of an
 * entrypoint that starts as root and steps down, a health check that is in the image.
 *
 * An image is official when it is docker.io/library/NAME, spelled out or not.
 */
#include "compose/official.h"

#include "text/reference.h"
#include "base/banned.h"

#define BECOMES_USER                                                                                                   \
	{                                                                                                              \
		"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"                                                  \
	}

/*
 * PostgreSQL and Redis were run under these restrictions. The other rows are read off the images' sources, not run:
 * docker-library/httpd 2.4 (httpd-foreground writes logs/httpd.pid), MariaDB/mariadb-docker 11.4 (gosu mysql;
 * healthcheck.sh is part of every supported release), docker-library/mongo (chown of /data/db and /data/configdb, both
 * volumes, then gosu mongodb; mongosh came with 5.0, before it was mongo), docker-library/mysql 9.7 (socket in
 * /var/run/mysqld, mode 1777), nginxinc/docker-nginx stable (no USER, workers of nginx.conf's user),
 * docker-library/rabbitmq 3.13 (chown of /var/lib/rabbitmq, a volume, then gosu rabbitmq; logs go to the console),
 * valkey-io/valkey-container (chown of the data folder, then setpriv to valkey).
 */
static const struct stk_official_image images[] = {
	{ "httpd", 0, NULL, NULL, { "/usr/local/apache2/logs" }, { "NET_BIND_SERVICE", "SETGID", "SETUID" } },
	{ "mariadb", 0, "mysql", "healthcheck.sh --connect --innodb_initialized", { "/run/mysqld" }, BECOMES_USER },
	{ "mongo", 5, "mongodb", "mongo --quiet --eval 'db.adminCommand(\"ping\").ok'", { NULL }, BECOMES_USER },
	{ "mongo", 0, "mongodb", "mongosh --quiet --eval 'db.adminCommand(\"ping\").ok'", { NULL }, BECOMES_USER },
	{ "mysql", 0, "mysql", "mysqladmin ping -h 127.0.0.1 --silent", { "/var/run/mysqld" }, BECOMES_USER },
	{ "nginx",
	  0,
	  NULL,
	  NULL,
	  { "/var/cache/nginx", "/var/run" },
	  { "CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID" } },
	{ "postgres", 0, "postgres", "pg_isready -q", { "/var/run/postgresql" }, BECOMES_USER },
	{ "rabbitmq", 0, "rabbitmq", "rabbitmq-diagnostics -q ping", { NULL }, BECOMES_USER },
	{ "redis", 0, "redis", "redis-cli ping | grep -q PONG", { NULL }, BECOMES_USER },
	{ "valkey", 0, "valkey", "valkey-cli ping | grep -q PONG", { NULL }, BECOMES_USER },
};

/* "4" of "4.4-bionic"; false where the tag does not begin with a version. */
static bool major_version(struct stk_str tag, uint64_t *version)
{
	size_t n = 0;
	while (n < tag.n && stk_is_digit(tag.p[n]))
		n++;
	return (n == tag.n || tag.p[n] == '.' || tag.p[n] == '-') && stk_str_u64(stk_str_slice(tag, 0, n), 10, version);
}

const struct stk_official_image *stk_official_image(struct stk_str image)
{
	struct stk_reference reference;
	struct stk_err err;
	if (!image.n || stk_reference_parse(image, &reference, &err) < 0 ||
	    !stk_str_is(stk_reference_domain(&reference), "docker.io"))
		return NULL;
	struct stk_str name = stk_str_strip_prefix(reference.path, S("library/"));
	uint64_t version = UINT64_MAX;
	if (!major_version(reference.tag, &version))
		version = UINT64_MAX; /* "latest", or a digest alone: taken for a newer one */
	for (size_t i = 0; i < STK_LEN(images); i++)
		if (stk_str_is(name, images[i].name) && (!images[i].below || version < images[i].below))
			return &images[i];
	return NULL;
}
