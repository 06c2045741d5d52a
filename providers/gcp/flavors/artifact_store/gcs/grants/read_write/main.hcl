variable "identity" {
  description = "Who gets it."
  type        = object({ member = string })
}

variable "target" {
  description = "What it is on."
  type        = object({ bucket = string })
}

resource "google_storage_bucket_iam_member" "objects" {
  bucket = var.target.bucket
  role   = "roles/storage.objectUser"
  member = var.identity.member

  condition {
    title       = "Reads and writes artifacts of ${var.target.bucket}"
    expression  = "resource.name.startsWith(\"projects/_/buckets/${var.target.bucket}\")"
  }
}

# What says that the bucket is there, and where; no object can be read with it.
resource "google_storage_bucket_iam_member" "bucket" {
  bucket = var.target.bucket
  role   = "roles/storage.legacyBucketReader"
  member = var.identity.member
}
