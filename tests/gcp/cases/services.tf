resource "google_project_service" "s" {
  for_each           = toset(["iam.googleapis.com", "artifactregistry.googleapis.com", "secretmanager.googleapis.com"])
  service            = each.key
  disable_on_destroy = true
}

resource "google_artifact_registry_repository" "r" {
  repository_id = "images"
  format        = "DOCKER"
  description   = "Images."
  labels = {
    purpose = "test"
  }
  docker_config {
    immutable_tags = true
  }
  cleanup_policies {
    id     = "old"
    action = "DELETE"
    condition {
      tag_state  = "UNTAGGED"
      older_than = "30d"
    }
  }
  cleanup_policies {
    id     = "newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
  depends_on = [google_project_service.s]
}

resource "google_artifact_registry_repository_iam_member" "m" {
  repository = google_artifact_registry_repository.r.name
  role       = "roles/artifactregistry.reader"
  member     = "allUsers"
}

resource "google_secret_manager_secret" "s" {
  secret_id = "a-secret"
  labels = {
    purpose = "test"
  }
  replication {
    auto {}
  }
  depends_on = [google_project_service.s]
}

resource "google_secret_manager_secret" "placed" {
  secret_id = "placed"
  replication {
    user_managed {
      replicas {
        location = "europe-west1"
      }
      replicas {
        location = "europe-west4"
      }
    }
  }
}

resource "google_secret_manager_secret_version" "v" {
  secret      = google_secret_manager_secret.s.id
  secret_data = "hush"
}

resource "google_secret_manager_secret_version" "unseen" {
  secret                 = google_secret_manager_secret.placed.id
  secret_data_wo         = "never stored"
  secret_data_wo_version = 1
}

resource "google_secret_manager_secret_iam_member" "m" {
  secret_id = google_secret_manager_secret.s.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "group:team@example.com"
}

data "google_artifact_registry_repository" "r" {
  repository_id = google_artifact_registry_repository.r.repository_id
}

data "google_secret_manager_secret_version" "v" {
  secret     = google_secret_manager_secret.s.secret_id
  depends_on = [google_secret_manager_secret_version.v]
}

### then

resource "google_project_service" "s" {
  for_each           = toset(["iam.googleapis.com", "artifactregistry.googleapis.com"])
  service            = each.key
  disable_on_destroy = true
}

resource "google_artifact_registry_repository" "r" {
  repository_id          = "images"
  format                 = "DOCKER"
  cleanup_policy_dry_run = true
  labels = {
    other = "label"
  }
  cleanup_policies {
    id     = "newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 7
    }
  }
}

resource "google_secret_manager_secret" "s" {
  secret_id = "a-secret"
  annotations = {
    note = "changed"
  }
  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "v" {
  secret      = google_secret_manager_secret.s.id
  secret_data = "another"
}
