# What is deployed: one settings file per environment, in place of whatever serves your models.

variable "root" {
  description = "Where all that is deployed lies, and its state: a directory that outlives the jobs of CI."
  type        = string
  default     = "."
}

variable "model" {
  description = "The version of the model that is served."
  type        = string
}

variable "replicas" {
  description = "How many servers answer."
  type        = number

  validation {
    condition     = var.replicas > 0
    error_message = "There must be at least one server."
  }
}

resource "local_file" "serving" {
  filename        = "${var.root}/serving-${terraform.workspace}.json"
  file_permission = "0644"
  content         = jsonencode({ model = var.model, replicas = var.replicas })
}

output "serving" {
  description = "Where the settings are."
  value       = local_file.serving.filename
}
