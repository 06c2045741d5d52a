# Arguments about the life of resources.
# steps: 2
resource "terraform_data" "generation" {
  input = local.step
}

resource "aws_ecr_repository" "renewed" {
  name         = "stackwright-renewed"
  force_delete = true
  lifecycle {
    replace_triggered_by = [terraform_data.generation]
  }
}

resource "aws_s3_bucket" "ignoring" {
  bucket = "stackwright-ignoring"
  tags = {
    Name = "step-${local.step}"
    keep = "step-${local.step}"
  }
  lifecycle {
    ignore_changes = [tags["Name"]]
    precondition {
      condition     = local.step > 0
      error_message = "Steps begin with 1."
    }
    postcondition {
      condition     = self.region == "eu-central-1"
      error_message = "It lies elsewhere."
    }
  }
}

resource "aws_security_group" "renamed" {
  name_prefix = "renamed-${local.step}-"
  vpc_id      = aws_vpc.net.id
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc" "net" {
  cidr_block = "10.87.0.0/16"
}

resource "aws_cloudwatch_log_group" "quiet" {
  name              = "stackwright-quiet"
  retention_in_days = local.step == 1 ? 7 : 14
  lifecycle {
    ignore_changes = all
  }
}

check "bucket" {
  assert {
    condition     = aws_s3_bucket.ignoring.region == "eu-central-1"
    error_message = "It lies elsewhere."
  }
}
