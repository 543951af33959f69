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
 * volumes, then gosu mongodb; mongosh since 5.0, so 4.x needs another command), docker-library/mysql 9.7 (socket in
 * /var/run/mysqld, mode 1777), nginxinc/docker-nginx stable (no USER, workers of nginx.conf's user),
 * docker-library/rabbitmq 3.13 (chown of /var/lib/rabbitmq, a volume, then gosu rabbitmq; logs go to the console),
 * valkey-io/valkey-container (chown of the data folder, then setpriv to valkey).
 */
static const struct stk_official_image images[] = {
	{ "httpd", NULL, NULL, { "/usr/local/apache2/logs" }, { "NET_BIND_SERVICE", "SETGID", "SETUID" } },
	{ "mariadb", "mysql", "healthcheck.sh --connect --innodb_initialized", { "/run/mysqld" }, BECOMES_USER },
	{ "mongo", "mongodb", "mongosh --quiet --eval 'db.adminCommand(\"ping\").ok'", { NULL }, BECOMES_USER },
	{ "mysql", "mysql", "mysqladmin ping -h 127.0.0.1 --silent", { "/var/run/mysqld" }, BECOMES_USER },
	{ "nginx",
	  NULL,
	  NULL,
	  { "/var/cache/nginx", "/var/run" },
	  { "CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID" } },
	{ "postgres", "postgres", "pg_isready -q", { "/var/run/postgresql" }, BECOMES_USER },
	{ "rabbitmq", "rabbitmq", "rabbitmq-diagnostics -q ping", { NULL }, BECOMES_USER },
	{ "redis", "redis", "redis-cli ping | grep -q PONG", { NULL }, BECOMES_USER },
	{ "valkey", "valkey", "valkey-cli ping | grep -q PONG", { NULL }, BECOMES_USER },
};

const struct stk_official_image *stk_official_image(struct stk_str image)
{
	struct stk_reference reference;
	struct stk_err err;
	if (!image.n || stk_reference_parse(image, &reference, &err) < 0 ||
	    !stk_str_is(stk_reference_domain(&reference), "docker.io"))
		return NULL;
	struct stk_str name = stk_str_strip_prefix(reference.path, S("library/"));
	for (size_t i = 0; i < STK_LEN(images); i++)
		if (stk_str_is(name, images[i].name))
			return &images[i];
	return NULL;
}
