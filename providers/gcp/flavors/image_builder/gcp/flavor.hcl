flavor "image_builder" "gcp" {
  description = "Images built by Cloud Build, under a service account of their own"
  location    = "remote"

  requires "storage" {
    as = "storage"
  }

  identity {
    value = { member = output.member, email = output.service_account }
  }

  zenml {
    flavor = "gcp"
  }
}
