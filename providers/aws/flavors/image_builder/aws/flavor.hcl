flavor "image_builder" "aws" {
  description = "Images built by a project of CodeBuild, under a role of its own"
  location    = "remote"

  requires "storage" {
    as = "storage"
  }

  identity {
    value = { role = output.role, arn = output.role_arn }
  }

  zenml {
    flavor = "aws"
    config = { code_build_project = output.project }
  }
}
