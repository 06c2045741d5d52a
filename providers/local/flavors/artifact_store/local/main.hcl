variable "path" {
  description = "Where the artifacts lie. Left out: data/ENVIRONMENT/NAME in the stack's directory."
  type        = string
  default     = null
}

variable "on_destroy" {
  description = "What happens to artifacts when the store is destroyed: retain, fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ environment = string, component = string })
}

locals {
  default_path = join("/", compact([path.root, "data", var.context.environment, var.context.component]))
}

resource "stackwright_directory" "artifacts" {
  path       = var.path == null ? local.default_path : var.path
  on_destroy = var.on_destroy
}

output "path" {
  description = "The directory, absolute."
  value       = abspath(stackwright_directory.artifacts.path)
}

output "uri" {
  description = "Where pipelines write their artifacts."
  value       = abspath(stackwright_directory.artifacts.path)
}
