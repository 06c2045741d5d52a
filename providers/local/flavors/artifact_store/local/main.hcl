variable "path" {
  description = "Where the artifacts lie. Left out: STACK-ENVIRONMENT-NAME in the stack's directory."
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
  type        = object({ name = string })
}

resource "stackwright_directory" "artifacts" {
  path       = coalesce(var.path, "${path.root}/${var.context.name}")
  on_destroy = var.on_destroy
}

output "path" {
  description = "The directory, absolute."
  value       = stackwright_directory.artifacts.absolute_path
}

output "uri" {
  description = "Where pipelines write their artifacts."
  value       = stackwright_directory.artifacts.absolute_path
}
