# Repositories with rules for their images.
# steps: 2
locals {
  repositories = { train = 10, serve = local.step == 1 ? 5 : 6 }
}

resource "aws_ecr_repository" "each" {
  for_each             = local.repositories
  name                 = "stackwright/set/${each.key}"
  image_tag_mutability = each.key == "serve" ? "IMMUTABLE" : "MUTABLE"
  force_delete         = true

  image_scanning_configuration {
    scan_on_push = local.step == 2
  }
}

resource "aws_ecr_lifecycle_policy" "each" {
  for_each   = aws_ecr_repository.each
  repository = each.value.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "untagged"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        selection    = { tagStatus = "tagged", tagPrefixList = ["v", "release"], countType = "imageCountMoreThan", countNumber = local.repositories[each.key] }
        action       = { type = "expire" }
      },
    ]
  })
}
