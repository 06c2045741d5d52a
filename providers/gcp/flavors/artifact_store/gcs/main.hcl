variable "bucket" {
  description = "The bucket's name. Left out: STACK-ENVIRONMENT-NAME and the project."
  type        = string
  default     = null
}

variable "location" {
  description = "Where artifacts lie. Left out: the connector's region."
  type        = string
  default     = null
}

variable "kms_key_name" {
  description = "The key of Cloud KMS that encrypts artifacts. Left out: one that Google manages."
  type        = string
  default     = null
}

variable "expire_versions_after_days" {
  description = "After how many days versions of artifacts go that newer ones have taken the place of."
  type        = number
  default     = 90
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

data "google_client_config" "current" {}

resource "google_storage_bucket" "artifacts" {
  name                        = coalesce(var.bucket, "${var.context.name}-${data.google_client_config.current.project}")
  location                    = upper(coalesce(var.location, data.google_client_config.current.region))
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  on_destroy                  = var.on_destroy

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = var.expire_versions_after_days
      with_state                 = "ARCHIVED"
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  dynamic "encryption" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      default_kms_key_name = encryption.value
    }
  }
}

output "bucket" {
  description = "The bucket's name."
  value       = google_storage_bucket.artifacts.name
}

output "uri" {
  description = "Where pipelines write their artifacts."
  value       = "gs://${google_storage_bucket.artifacts.name}"
}
