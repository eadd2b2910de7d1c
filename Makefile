# Short names for the anklume command; `make help` lists them. Every target hands
# its variables over and does nothing else:
#   DIR=folder  FILE=archive  SRC=machine:path  DST=machine:path  EXAMPLE=name  TAGS=networks,instances  G=domain  I=machine  NAME=sandbox
#   S=snapshot  (a machine I= or a domain G=; all machines where neither is given)
#   T=time or number of a generation  KEEP=number  SKIP_SNAPSHOT=1  DRY_RUN=1
#   CMD=command (a line for the shell of the machine)
#   ARGS='any other options', for example: make apply G=homelab ARGS='--yes'

ANKLUME := ./anklume
sandbox := $(if $(NAME),'$(NAME)')
tags    := $(if $(TAGS),--tags '$(TAGS)')
limit   := $(if $(I)$(G),--limit '$(or $(I),$(G))')
skip    := $(if $(SKIP_SNAPSHOT),--skip-snapshot)
target   = '$(or $(I),$(G),all)'
some     = $(if $(I)$(G),'$(or $(I),$(G))')
in-shell = -- sh -c '$(CMD)'

.DEFAULT_GOAL := help

##@ Start

.PHONY: demo
demo: ## Build the demonstration on the embedded sandbox and verify its isolation
	@$(ANKLUME) demo $(ARGS)

.PHONY: init
init: ## Start a project folder: DIR=folder EXAMPLE=name
	@$(ANKLUME) init $(if $(DIR),'$(DIR)') $(if $(EXAMPLE),--example '$(EXAMPLE)') $(ARGS)

.PHONY: doctor
doctor: ## What this host has and lacks, with the fix
	@$(ANKLUME) doctor $(ARGS)

.PHONY: bootstrap
bootstrap: ## Turn this machine into a host: DRY_RUN=1 shows what that would do
	@$(ANKLUME) host bootstrap $(if $(DRY_RUN),--dry-run) $(ARGS)

.PHONY: uninstall
uninstall: ## Take back everything that bootstrap changed on this host
	@$(ANKLUME) host uninstall $(if $(DRY_RUN),--dry-run) $(ARGS)

.PHONY: upgrade
upgrade: ## Upgrade anklume itself: TO=version
	@$(ANKLUME) upgrade $(if $(TO),--to '$(TO)') $(ARGS)

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z-]*:.*## / { printf "  %-19s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: quickstart
quickstart: ## Start a project folder, and see what to do next: DIR=folder EXAMPLE=name
	@$(ANKLUME) init $(if $(DIR),'$(DIR)') $(if $(EXAMPLE),--example '$(EXAMPLE)') $(ARGS)

##@ Infrastructure

.PHONY: validate
validate: ## Check infra.yml, and write nothing
	@$(ANKLUME) validate $(ARGS)

.PHONY: config
config: ## What infra.yml comes to: addresses assigned, defaults filled in
	@$(ANKLUME) config $(ARGS)

.PHONY: schema
schema: ## The JSON Schema of infra.yml, for editors
	@$(ANKLUME) schema $(ARGS)

.PHONY: sync
sync: ## Turn infra.yml into the Ansible tree
	@$(ANKLUME) sync $(ARGS)

.PHONY: sync-dry
sync-dry: ## Show what sync would write, and write nothing
	@$(ANKLUME) sync --dry-run $(ARGS)

.PHONY: plan
plan: ## Show what apply would do: TAGS= G=domain I=machine
	@$(ANKLUME) plan $(tags) $(limit) $(ARGS)

.PHONY: apply
apply: ## Carry the plan out: TAGS= G=domain I=machine
	@$(ANKLUME) apply $(tags) $(limit) $(skip) $(ARGS)

.PHONY: apply-infra
apply-infra: ## Networks, projects, profiles and machines only
	@$(ANKLUME) apply infra $(tags) $(limit) $(skip) $(ARGS)

.PHONY: apply-provision
apply-provision: ## The roles inside the machines only: TAGS=role G=domain I=machine
	@$(ANKLUME) apply provision $(tags) $(limit) $(ARGS)

.PHONY: apply-limit
apply-limit: ## Apply one domain: G=domain
	@$(if $(G),,$(error apply-limit needs a domain: make apply-limit G=homelab))$(ANKLUME) apply $(tags) --limit '$(G)' $(skip) $(ARGS)

.PHONY: apply-base
apply-base: ## The role base_system only: G=domain I=machine
	@$(ANKLUME) apply provision --tags base_system $(limit) $(ARGS)

.PHONY: apply-llm
apply-llm: ## The roles of language models only: G=domain I=machine
	@$(ANKLUME) apply provision --tags ollama_server,open_webui $(limit) $(ARGS)

.PHONY: apply-stt
apply-stt: ## The role of speech recognition only: G=domain I=machine
	@$(ANKLUME) apply provision --tags stt_server $(limit) $(ARGS)

.PHONY: apply-ai
apply-ai: ## All roles of AI tools: G=domain I=machine
	@$(ANKLUME) apply provision --tags ollama_server,open_webui,stt_server,lobechat,opencode_server $(limit) $(ARGS)

.PHONY: down
down: ## Stop machines, and keep them: I=machine G=domain; without them, all
	@$(ANKLUME) down $(some) $(ARGS)

.PHONY: destroy
destroy: ## Delete a machine, or everything: I=machine
	@$(ANKLUME) destroy $(if $(I),'$(I)') $(ARGS)

.PHONY: flush
flush: ## Delete the whole infrastructure; project files stay: FORCE=true for what is protected
	@$(ANKLUME) flush $(if $(FORCE),--force --yes) $(ARGS)

.PHONY: import-infra
import-infra: ## Write an infra.yml from what Incus holds: FILE=infra.yml
	@$(ANKLUME) import $(if $(FILE),--out '$(FILE)') $(ARGS)

.PHONY: up
up: ## Sync, apply, load the isolation rules and verify them
	@$(ANKLUME) up $(ARGS)

.PHONY: status
status: ## Domains, machines, addresses and state
	@$(ANKLUME) status $(ARGS)

.PHONY: ps
ps: ## Machines with their real addresses and states
	@$(ANKLUME) ps $(ARGS)

.PHONY: top
top: ## Processor, memory, disk and network: I=machine G=domain
	@$(ANKLUME) top $(some) $(ARGS)

##@ Day to day

.PHONY: shell
shell: ## A shell in a machine: I=machine
	@$(if $(I),,$(error shell needs a machine: make shell I=pro-dev))$(ANKLUME) shell '$(I)' $(ARGS)

.PHONY: ssh
ssh: shell ## The same as shell

.PHONY: exec
exec: ## Run a command: I=machine G=domain CMD=command
	@$(if $(and $(CMD),$(I)$(G)),,$(error exec needs a machine and a command: make exec I=pro-dev CMD='uname -a'))$(ANKLUME) $(if $(I),exec '$(I)',domain exec '$(G)') $(ARGS) $(in-shell)

.PHONY: logs
logs: ## The last lines of the journal: I=machine G=domain
	@$(if $(I)$(G),,$(error logs needs a machine or a domain: make logs I=pro-dev))$(ANKLUME) logs $(some) $(ARGS)

.PHONY: start
start: ## Start machines: I=machine G=domain; without them, all
	@$(ANKLUME) instance start $(target) $(ARGS)

.PHONY: stop
stop: ## Stop machines: I=machine G=domain; without them, all
	@$(ANKLUME) instance stop $(target) $(ARGS)

.PHONY: restart
restart: ## Restart machines: I=machine G=domain; without them, all
	@$(ANKLUME) instance restart $(target) $(ARGS)

.PHONY: incus
incus: ## The incus client on the right daemon: CMD='list --all-projects' G=domain
	@$(if $(CMD),,$(error incus needs words: make incus CMD='list --all-projects'))$(ANKLUME) incus $(if $(G),--domain '$(G)') $(ARGS) -- $(CMD)

.PHONY: disp
disp: ## Start a disposable machine: IMAGE=image CMD=command DOMAIN=domain
	@$(ANKLUME) disp $(if $(IMAGE),--image '$(IMAGE)') $(if $(DOMAIN),--domain '$(DOMAIN)') $(ARGS) $(if $(CMD),-- sh -c '$(CMD)')

##@ Snapshots

.PHONY: snapshot
snapshot: ## Create a snapshot: I=machine G=domain S=name
	@$(ANKLUME) snapshot create $(target) $(if $(S),'$(S)') $(ARGS)

.PHONY: snapshot-list
snapshot-list: ## The snapshots: I=machine G=domain
	@$(ANKLUME) snapshot list $(target) $(ARGS)

.PHONY: restore
restore: ## Restore machines to a snapshot: I=machine G=domain S=name
	@$(if $(I)$(G)$(S),,$(error restore needs a machine or a snapshot: make restore I=pro-dev S=before-change))$(ANKLUME) snapshot restore $(target) $(if $(S),'$(S)') $(ARGS)

.PHONY: snapshot-restore
snapshot-restore: restore ## The same as restore

.PHONY: snapshot-delete
snapshot-delete: ## Delete a snapshot: I=machine G=domain S=name
	@$(if $(S),,$(error snapshot-delete needs a name: make snapshot-delete I=pro-dev S=before-change))$(ANKLUME) snapshot delete $(target) '$(S)' $(ARGS)

.PHONY: rollback
rollback: ## Return to the state before a change: T=time or number, DRY_RUN=1
	@$(ANKLUME) rollback $(if $(T),'$(T)') $(if $(DRY_RUN),--dry-run) $(ARGS)

.PHONY: rollback-list
rollback-list: ## The changes so far
	@$(ANKLUME) history $(ARGS)

.PHONY: history
history: rollback-list ## The same as rollback-list

.PHONY: rollback-cleanup
rollback-cleanup: ## Delete old safety snapshots: KEEP=number
	@$(ANKLUME) history delete $(if $(KEEP),--keep '$(KEEP)') $(ARGS)

##@ Templates and images

.PHONY: golden-create
golden-create: ## Turn a machine into a template: NAME=machine
	@$(if $(NAME),,$(error golden-create needs a machine: make golden-create NAME=web-golden))$(ANKLUME) golden create '$(NAME)' $(ARGS)

.PHONY: golden-derive
golden-derive: ## Create a machine from a template: TEMPLATE=template INSTANCE=name
	@$(if $(and $(TEMPLATE),$(INSTANCE)),,$(error golden-derive needs both: make golden-derive TEMPLATE=web-golden INSTANCE=web-1))$(ANKLUME) golden derive '$(TEMPLATE)' '$(INSTANCE)' $(ARGS)

.PHONY: golden-publish
golden-publish: ## Publish a template as an image: TEMPLATE=template ALIAS=name
	@$(if $(and $(TEMPLATE),$(ALIAS)),,$(error golden-publish needs both: make golden-publish TEMPLATE=web-golden ALIAS=web))$(ANKLUME) golden publish '$(TEMPLATE)' '$(ALIAS)' $(ARGS)

.PHONY: golden-list
golden-list: ## The templates, and which machines are outdated
	@$(ANKLUME) golden list $(ARGS)

.PHONY: golden-update
golden-update: ## Update a template: NAME=template
	@$(if $(NAME),,$(error golden-update needs a template: make golden-update NAME=web-golden))$(ANKLUME) golden update '$(NAME)' $(ARGS)

.PHONY: export-images
export-images: ## Export images to a folder for nested hosts: DIR=folder
	@$(ANKLUME) image export $(if $(DIR),--to '$(DIR)') $(ARGS)

.PHONY: import-images
import-images: ## Import exported images: DIR=folder
	@$(ANKLUME) image import $(if $(DIR),--from '$(DIR)') $(ARGS)

.PHONY: image-list
image-list: ## The images of the daemon
	@$(ANKLUME) image list $(ARGS)

.PHONY: image-build
image-build: ## Make an image available on the daemon: NAME=debian/13
	@$(if $(NAME),,$(error image-build needs a name: make image-build NAME=debian/13))$(ANKLUME) image build '$(NAME)' $(ARGS)

##@ Isolation

.PHONY: nftables
nftables: ## Print the isolation rules
	@$(ANKLUME) network rules $(ARGS)

.PHONY: nftables-deploy
nftables-deploy: ## Load the isolation rules into the host
	@$(ANKLUME) network deploy $(ARGS)

.PHONY: prove
prove: ## Send real packets between all machines and compare with the policies
	@$(ANKLUME) prove $(ARGS)

##@ Backup and files

.PHONY: backup
backup: ## Back up everything, or I=machine G=domain: DIR=folder GPG_RECIPIENT=key KEEP=n
	@$(ANKLUME) backup create $(if $(I)$(G),'$(or $(I),$(G))') $(if $(DIR),--to '$(DIR)') $(if $(GPG_RECIPIENT),--recipient '$(GPG_RECIPIENT)') $(if $(KEEP),--keep '$(KEEP)') $(ARGS)

.PHONY: restore-backup
restore-backup: ## Restore a backup: FILE=archive-or-folder NAME=new-name
	@$(if $(FILE),,$(error restore-backup needs a backup: make restore-backup FILE=pro-dev-20261122T030405Z.tar.gz))$(ANKLUME) backup restore '$(FILE)' $(if $(NAME),'$(NAME)') $(ARGS)

.PHONY: file-copy
file-copy: ## Copy files: SRC=machine:path DST=machine:path
	@$(if $(and $(SRC),$(DST)),,$(error file-copy needs two places: make file-copy SRC=pro-dev:/root/x DST=perso-box:/root/))$(ANKLUME) file copy '$(SRC)' '$(DST)' $(ARGS)

##@ Sandbox

.PHONY: sandbox-start
sandbox-start: ## Start a private Incus: NAME=name
	@$(ANKLUME) sandbox start $(sandbox) $(ARGS)

.PHONY: sandbox-status
sandbox-status: ## List the private Incus daemons of this host
	@$(ANKLUME) sandbox status $(sandbox) $(ARGS)

.PHONY: sandbox-stop
sandbox-stop: ## Stop a private Incus, keeping its storage: NAME=name
	@$(ANKLUME) sandbox stop $(sandbox) $(ARGS)

.PHONY: sandbox-delete
sandbox-delete: ## Delete a private Incus and its storage: NAME=name
	@$(ANKLUME) sandbox delete $(sandbox) $(ARGS)

##@ Development

.PHONY: check
check: ## Format, lint, types, imports, unused code and unit tests
	@$(ANKLUME) dev check $(ARGS)

.PHONY: lint
lint: ## Every linter that is installed
	@$(ANKLUME) dev lint $(ARGS)

.PHONY: test-role
test-role: ## Test a role on real machines: NAME=role; without it, all
	@$(ANKLUME) dev test-role $(if $(NAME),'$(NAME)',--all) $(ARGS)

.PHONY: test-sandboxed
test-sandboxed: ## Test roles in a machine with an Incus of its own: NAME=role; without it, all
	@$(ANKLUME) test-sandboxed $(if $(NAME),'$(NAME)') $(ARGS)

.PHONY: test-runner-create
test-runner-create: ## Create that machine, or update it
	@$(ANKLUME) test-runner-create $(ARGS)

.PHONY: test-runner-destroy
test-runner-destroy: ## Delete that machine
	@$(ANKLUME) dev test-runner-delete $(ARGS)

.PHONY: test-generator
test-generator: ## The check with all unit tests, those of sync among them
	@$(ANKLUME) dev test check $(ARGS)

.PHONY: test
test: ## Everything, from unit tests to real machines
	@$(ANKLUME) dev test $(ARGS)

.PHONY: scenario-test
scenario-test: ## Run scenarios on a sandbox: NAME=best|bad|name
	@$(ANKLUME) scenario run $(if $(NAME),'$(NAME)') $(ARGS)

.PHONY: scenario-test-best
scenario-test-best: ## The recommended ways only
	@$(ANKLUME) scenario run best $(ARGS)

.PHONY: scenario-test-bad
scenario-test-bad: ## The mistakes that are caught only
	@$(ANKLUME) scenario run bad $(ARGS)

.PHONY: scenario-list
scenario-list: ## List scenarios
	@$(ANKLUME) scenario list $(ARGS)

.PHONY: matrix-coverage
matrix-coverage: ## How much of the behaviour matrix the tests show
	@$(ANKLUME) dev matrix-coverage $(ARGS)

.PHONY: bench
bench: ## Measure against a bare script and the incus command
	@$(ANKLUME) dev bench $(ARGS)
