/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that do not belong into a build context, as rows of patterns and reasons: see
 * context/rules.h.
 */
#include "context/names.h"

#include "text/glob.h"
#include "base/banned.h"

#define SECRETS	 "CTX-001"
#define HISTORY	 "CTX-003"
#define PACKAGES "CTX-004"
#define EDITOR	 "CTX-005"
#define PIPELINE "CTX-006"
#define DATA	 "CTX-008"

#define EXAMPLES "*.example *.sample *.template *.dist *.tpl *.j2"

static const char why_keys[] = "Private keys: whoever pulls the image could use them.";
static const char why_environment[] = "Settings of this machine, passwords among them.";
static const char why_cloud[] = "Credentials for clouds, clusters and registries.";
static const char why_history[] = "Version control: history, branches, deleted files.";
static const char why_packages[] = "Installed dependencies: the build installs its own.";
static const char why_editor[] = "Settings of editors and the desktop.";
static const char why_pipeline[] = "Pipelines and deployment files: the image does not need them.";
static const char why_data[] = "Logs, dumps and databases of this machine.";
static const char why_state[] = "Infrastructure state, which holds secrets in clear text.";

static const struct stk_context_name names[] = {
	{ SECRETS, ".env", NULL, false, "environment file", "**/.env", why_environment },
	{ SECRETS, ".env.*", EXAMPLES " .env.test", false, "environment file", "**/.env.*", why_environment },
	{ SECRETS, "*.env", EXAMPLES, false, "environment file", "**/*.env", why_environment },
	{ SECRETS, ".envrc", NULL, false, "environment file", "**/.envrc", why_environment },
	{ SECRETS, "id_rsa", NULL, false, "SSH private key", "**/id_rsa", why_keys },
	{ SECRETS, "id_dsa", NULL, false, "SSH private key", "**/id_dsa", why_keys },
	{ SECRETS, "id_ecdsa", NULL, false, "SSH private key", "**/id_ecdsa", why_keys },
	{ SECRETS, "id_ed25519", NULL, false, "SSH private key", "**/id_ed25519", why_keys },
	{ SECRETS, ".ssh", NULL, true, "SSH keys", "**/.ssh", why_keys },
	{ SECRETS, "*.pem", "ca.pem *-ca.pem ca-*.pem cacert*.pem *.pub.pem *bundle*.pem fullchain.pem", false,
	  "key or certificate", "**/*.pem", why_keys },
	{ SECRETS, "*.key", "*.pub.key", false, "private key", "**/*.key", why_keys },
	{ SECRETS, "*.p12", NULL, false, "key store", "**/*.p12", why_keys },
	{ SECRETS, "*.pfx", NULL, false, "key store", "**/*.pfx", why_keys },
	{ SECRETS, "*.jks", NULL, false, "key store", "**/*.jks", why_keys },
	{ SECRETS, "*.keystore", NULL, false, "key store", "**/*.keystore", why_keys },
	{ SECRETS, "*.kdbx", NULL, false, "password database", "**/*.kdbx", why_keys },
	{ SECRETS, "*.ppk", NULL, false, "SSH private key", "**/*.ppk", why_keys },
	{ SECRETS, "*.ovpn", NULL, false, "VPN profile", "**/*.ovpn", why_keys },
	{ SECRETS, ".gnupg", NULL, true, "GnuPG keys", "**/.gnupg", why_keys },
	{ SECRETS, ".aws", NULL, true, "AWS credentials", "**/.aws", why_cloud },
	{ SECRETS, ".azure", NULL, true, "Azure credentials", "**/.azure", why_cloud },
	{ SECRETS, ".config/gcloud", NULL, true, "Google Cloud credentials", "**/.config/gcloud", why_cloud },
	{ SECRETS, ".kube", NULL, true, "Kubernetes credentials", "**/.kube", why_cloud },
	{ SECRETS, "kubeconfig", NULL, false, "Kubernetes credentials", "**/kubeconfig", why_cloud },
	{ SECRETS, ".docker", NULL, true, "registry credentials", "**/.docker", why_cloud },
	{ SECRETS, ".dockercfg", NULL, false, "registry credentials", "**/.dockercfg", why_cloud },
	{ SECRETS, ".npmrc", NULL, false, "npm settings, often with a token", "**/.npmrc", why_cloud },
	{ SECRETS, ".yarnrc.yml", NULL, false, "Yarn settings, often with a token", "**/.yarnrc.yml", why_cloud },
	{ SECRETS, ".pypirc", NULL, false, "PyPI credentials", "**/.pypirc", why_cloud },
	{ SECRETS, ".netrc", NULL, false, "credentials for hosts", "**/.netrc", why_cloud },
	{ SECRETS, "_netrc", NULL, false, "credentials for hosts", "**/_netrc", why_cloud },
	{ SECRETS, ".git-credentials", NULL, false, "Git credentials", "**/.git-credentials", why_cloud },
	{ SECRETS, ".pgpass", NULL, false, "PostgreSQL password file", "**/.pgpass", why_cloud },
	{ SECRETS, ".my.cnf", NULL, false, "MySQL password file", "**/.my.cnf", why_cloud },
	{ SECRETS, ".htpasswd", NULL, false, "password hashes", "**/.htpasswd", why_cloud },
	{ SECRETS, ".vault_pass*", EXAMPLES, false, "Ansible vault password", "**/.vault_pass*", why_cloud },
	{ SECRETS, ".terraformrc", NULL, false, "Terraform credentials", "**/.terraformrc", why_cloud },
	{ SECRETS, "credentials.json", NULL, false, "credentials", "**/credentials.json", why_cloud },
	{ SECRETS, "service-account*.json", EXAMPLES, false, "service account key", "**/service-account*.json",
	  why_cloud },
	{ SECRETS, "secrets.yml", NULL, false, "secrets", "**/secrets.yml", why_cloud },
	{ SECRETS, "secrets.yaml", NULL, false, "secrets", "**/secrets.yaml", why_cloud },
	{ SECRETS, "secrets.json", NULL, false, "secrets", "**/secrets.json", why_cloud },
	{ SECRETS, "master.key", NULL, false, "Rails master key", "**/master.key", why_cloud },
	{ SECRETS, "*.tfstate", NULL, false, "Terraform state", "**/*.tfstate", why_state },
	{ SECRETS, "*.tfstate.backup", NULL, false, "Terraform state", "**/*.tfstate.backup", why_state },
	{ SECRETS, "*.tfvars", EXAMPLES, false, "Terraform variables", "**/*.tfvars", why_state },
	{ HISTORY, ".git", NULL, true, "Git repository", "**/.git", why_history },
	{ HISTORY, ".git", NULL, false, "Git work tree's pointer", "**/.git", why_history },
	{ HISTORY, ".hg", NULL, true, "Mercurial repository", "**/.hg", why_history },
	{ HISTORY, ".svn", NULL, true, "Subversion work tree", "**/.svn", why_history },
	{ PACKAGES, "node_modules", NULL, true, "npm packages", "**/node_modules", why_packages },
	{ PACKAGES, "bower_components", NULL, true, "Bower packages", "**/bower_components", why_packages },
	{ PACKAGES, ".venv", NULL, true, "Python virtual environment", "**/.venv", why_packages },
	{ PACKAGES, "venv", NULL, true, "Python virtual environment", "**/venv", why_packages },
	{ PACKAGES, "__pycache__", NULL, true, "compiled Python", "**/__pycache__", why_packages },
	{ PACKAGES, ".tox", NULL, true, "tox environments", "**/.tox", why_packages },
	{ PACKAGES, ".pytest_cache", NULL, true, "test cache", "**/.pytest_cache", why_packages },
	{ PACKAGES, ".mypy_cache", NULL, true, "type checker's cache", "**/.mypy_cache", why_packages },
	{ PACKAGES, ".gradle", NULL, true, "Gradle cache", "**/.gradle", why_packages },
	{ PACKAGES, ".terraform", NULL, true, "Terraform providers", "**/.terraform", why_packages },
	{ EDITOR, ".idea", NULL, true, "JetBrains project", "**/.idea", why_editor },
	{ EDITOR, ".vscode", NULL, true, "VS Code settings", "**/.vscode", why_editor },
	{ EDITOR, ".vs", NULL, true, "Visual Studio settings", "**/.vs", why_editor },
	{ EDITOR, "*.swp", NULL, false, "Vim swap file", "**/*.swp", why_editor },
	{ EDITOR, "*~", NULL, false, "backup of an editor", "**/*~", why_editor },
	{ EDITOR, ".DS_Store", NULL, false, "macOS folder settings", "**/.DS_Store", why_editor },
	{ EDITOR, "Thumbs.db", NULL, false, "Windows thumbnails", "**/Thumbs.db", why_editor },
	{ PIPELINE, ".github", NULL, true, "GitHub workflows", "**/.github", why_pipeline },
	{ PIPELINE, ".circleci", NULL, true, "CircleCI pipeline", "**/.circleci", why_pipeline },
	{ PIPELINE, ".gitlab-ci.yml", NULL, false, "GitLab pipeline", "**/.gitlab-ci.yml", why_pipeline },
	{ PIPELINE, ".travis.yml", NULL, false, "Travis pipeline", "**/.travis.yml", why_pipeline },
	{ PIPELINE, "Jenkinsfile*", NULL, false, "Jenkins pipeline", "**/Jenkinsfile*", why_pipeline },
	{ PIPELINE, "azure-pipelines.yml", NULL, false, "Azure pipeline", "**/azure-pipelines.yml", why_pipeline },
	{ PIPELINE, "compose.y*ml", NULL, false, "Compose file", "**/compose.y*ml", why_pipeline },
	{ PIPELINE, "compose.*.y*ml", NULL, false, "Compose file", "**/compose.*.y*ml", why_pipeline },
	{ PIPELINE, "docker-compose*.y*ml", NULL, false, "Compose file", "**/docker-compose*.y*ml", why_pipeline },
	{ DATA, "*.log", NULL, false, "log", "**/*.log", why_data },
	{ DATA, "*.sql.gz", NULL, false, "database dump", "**/*.sql.gz", why_data },
	{ DATA, "*.dump", NULL, false, "dump", "**/*.dump", why_data },
	{ DATA, "*.sqlite", NULL, false, "database", "**/*.sqlite", why_data },
	{ DATA, "*.sqlite3", NULL, false, "database", "**/*.sqlite3", why_data },
	{ DATA, "*.bak", NULL, false, "backup", "**/*.bak", why_data },
	{ DATA, "*.hprof", NULL, false, "memory dump", "**/*.hprof", why_data },
};

static bool is_fine(const struct stk_context_name *name, struct stk_str last)
{
	for (struct stk_str rest = stk_str_from(name->except), glob; (glob = stk_str_cut_word(&rest)).n;)
		if (stk_glob_match(glob, last))
			return true;
	return false;
}

static bool fits(const struct stk_context_name *name, struct stk_str path, struct stk_str last)
{
	struct stk_str glob = stk_str_from(name->glob);
	if (stk_str_find_byte(glob, '/') == SIZE_MAX)
		return stk_glob_match(glob, last) && !is_fine(name, last);
	return stk_str_ends(path, glob) && (path.n == glob.n || path.p[path.n - glob.n - 1] == '/');
}

const struct stk_context_name *stk_context_name_of(const struct stk_context_entry *entry)
{
	struct stk_str last = stk_str_after_last(entry->path, '/');
	bool folder = entry->type == STK_CONTEXT_DIRECTORY;
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (names[i].folder == folder && fits(&names[i], entry->path, last))
			return &names[i];
	return NULL;
}
