resource "google_storage_bucket" "b" {
  name                        = "stackwright-bucket"
  location                    = "EU"
  uniform_bucket_level_access = true
  labels = {
    purpose = "test"
  }
  versioning {
    enabled = true
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 3
      with_state         = "ARCHIVED"
    }
  }
  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
    condition {
      age                   = 30
      matches_prefix        = ["a/", "b/"]
      matches_storage_class = ["STANDARD"]
    }
  }
  cors {
    origin          = ["https://example.com"]
    method          = ["GET"]
    response_header = ["*"]
    max_age_seconds = 3600
  }
}

resource "google_storage_bucket" "plain" {
  name     = "stackwright-plain"
  location = "europe-west1"
}

resource "google_storage_bucket_object" "o" {
  bucket  = google_storage_bucket.b.name
  name    = "folder/a text.txt"
  content = "hello"
}

resource "google_storage_bucket_iam_member" "m" {
  count  = 3
  bucket = google_storage_bucket.b.name
  role   = "roles/storage.objectViewer"
  member = "user:someone-${count.index}@example.com"
}

resource "google_storage_bucket_iam_member" "conditional" {
  bucket = google_storage_bucket.b.name
  role   = "roles/storage.objectAdmin"
  member = "user:someone@example.com"
  condition {
    title      = "a folder"
    expression = "resource.name.startsWith(\"projects/_/buckets/stackwright-bucket/objects/a/\")"
  }
}

data "google_storage_bucket" "b" {
  name = google_storage_bucket.b.name
}

### then

resource "google_storage_bucket" "b" {
  name                        = "stackwright-bucket"
  location                    = "EU"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  requester_pays              = true
  storage_class               = "NEARLINE"
  labels = {
    purpose = "changed"
    more    = "yes"
  }
  autoclass {
    enabled = true
  }
  logging {
    log_bucket = google_storage_bucket.plain.name
  }
  retention_policy {
    retention_period = 60
  }
  soft_delete_policy {
    retention_duration_seconds = 0
  }
  website {
    main_page_suffix = "index.html"
  }
}

resource "google_storage_bucket" "plain" {
  name     = "stackwright-plain"
  location = "europe-west1"
}

resource "google_storage_bucket_object" "o" {
  bucket        = google_storage_bucket.b.name
  name          = "folder/a text.txt"
  content       = "changed"
  cache_control = "no-cache"
  metadata = {
    a = "b"
  }
}

resource "google_storage_bucket_iam_member" "m" {
  count  = 2
  bucket = google_storage_bucket.b.name
  role   = "roles/storage.objectViewer"
  member = "user:someone-${count.index}@example.com"
}
