# moto cannot change a project and ministack leaves out most of it, so that the second step makes one of another name.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "builds" {
  name               = "stackwright-builds"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_codebuild_project" "images" {
  name          = "stackwright-images"
  description   = "before"
  build_timeout = 20
  service_role  = aws_iam_role.builds.arn

  artifacts {
    type = "NO_ARTIFACTS"
  }

  cache {
    type  = "LOCAL"
    modes = ["LOCAL_DOCKER_LAYER_CACHE"]
  }

  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "bentolor/docker-dind-awscli"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
    environment_variable {
      name  = "ONE"
      value = "1"
    }
    environment_variable {
      name  = "SECRET"
      value = "stackwright/secret"
      type  = "SECRETS_MANAGER"
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name  = "stackwright-builds"
      stream_name = "images"
    }
  }

  source {
    type     = "S3"
    location = "stackwright-bucket/codebuild"
  }

  tags = {
    purpose = "test"
  }
}

resource "aws_codebuild_project" "plain" {
  name         = "stackwright-plain"
  service_role = aws_iam_role.builds.arn
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }
  source {
    type      = "S3"
    location  = "stackwright-bucket/plain"
    buildspec = "version: 0.2"
  }
}

### then

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "builds" {
  name               = "stackwright-builds"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_codebuild_project" "images" {
  name           = "stackwright-changed"
  description    = "after"
  build_timeout  = 30
  queued_timeout = 60
  service_role   = aws_iam_role.builds.arn

  artifacts {
    type      = "S3"
    location  = "stackwright-bucket"
    name      = "built"
    packaging = "ZIP"
  }

  environment {
    compute_type = "BUILD_GENERAL1_MEDIUM"
    image        = "bentolor/docker-dind-awscli"
    type         = "LINUX_CONTAINER"
    environment_variable {
      name  = "ONE"
      value = "2"
    }
  }

  source {
    type            = "GITHUB"
    location        = "https://github.com/example/example.git"
    git_clone_depth = 1
    git_submodules_config {
      fetch_submodules = true
    }
  }

  tags = {
    purpose = "changed"
  }
}
